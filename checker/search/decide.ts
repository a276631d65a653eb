import { breadthFirst } from "./breadth-first.ts";
import { depthFirst } from "./depth-first.ts";
import type { Limits } from "./limits.ts";
import type { Problem } from "./problem.ts";
import { type GaveUp, gaveUp, type SearchResult } from "./result.ts";

/** Choices that the depth-first search remembers. */
const horizon = 1 << 14;

/**
 * Whether a problem has a legal order. Depth first, for in a legal history the first choices are good as a rule; where
 * that meets too many dead ends, breadth first; where that meets too many configurations, depth first with more
 * patience, and so on in turns. So it takes a few times as long as the better of the two would, which nobody can tell
 * beforehand.
 */
export function decide(problem: Problem, limits: Limits): SearchResult;
/** The same, but gives up after so many `turns`. */
export function decide(problem: Problem, limits: Limits, turns: number): SearchResult | GaveUp;
export function decide(
  problem: Problem,
  limits: Limits,
  turns = Number.POSITIVE_INFINITY,
): SearchResult | GaveUp {
  let patience = 8 * problem.timeline.events.length + 1000;
  for (let turn = 0; turn < turns; turn++) {
    const depth = depthFirst(problem, { limits, deadEnds: patience, horizon });
    if (depth.kind !== "gave-up") return depth;
    const breadth = breadthFirst(problem, { limits, work: { left: patience } });
    if (breadth.kind !== "gave-up") return breadth;
    patience *= 8;
  }
  return gaveUp;
}
