import type { Limits } from "../limits.ts";
import { breadthFirst } from "./breadth-first.ts";
import { depthFirst } from "./depth-first.ts";
import type { Problem } from "./problem.ts";
import type { GaveUp, SearchResult } from "./result.ts";

/** Choices that the depth-first search remembers. */
const horizon = 1 << 14;

export interface DecideOptions {
  readonly limits: Limits;
  /** Whether to keep the order that is found: takes more memory. */
  readonly keepsOrder?: boolean;
}

/**
 * Whether a problem has a legal order. Depth first, for in a legal history the first choices are good as a rule; where
 * that meets too many dead ends, breadth first; where that meets too many configurations, depth first with more
 * patience, and so on in turns. So it takes a few times as long as the better of the two would, which is not known in
 * advance.
 */
export function decide(problem: Problem, options: DecideOptions): SearchResult;
/** The same, but gives up after `turns` turns. */
export function decide(problem: Problem, options: DecideOptions, turns: number): SearchResult | GaveUp;
export function decide(
  problem: Problem,
  options: DecideOptions,
  turns = Number.POSITIVE_INFINITY,
): SearchResult | GaveUp {
  let patience = 8 * problem.timeline.events.length + 1000;
  let furthest: GaveUp = { kind: "gave-up", events: 0, states: [] };
  for (let turn = 0; turn < turns; turn++) {
    for (const search of [
      () => depthFirst(problem, { ...options, deadEnds: patience, horizon }),
      () => breadthFirst(problem, { ...options, work: { left: patience } }),
    ]) {
      const result = search();
      if (result.kind === "valid" || result.kind === "invalid") return result;
      if (result.events >= furthest.events)
        furthest = { kind: "gave-up", events: result.events, states: result.states };
      // A search that reached its limit may have been restarted: what an earlier one reached counts as well.
      if (result.kind === "unknown") return { ...furthest, kind: "unknown", limit: result.limit };
    }
    patience *= 8;
  }
  return furthest;
}
