import { breadthFirst } from "./breadth-first.ts";
import { depthFirst } from "./depth-first.ts";
import type { Limits } from "./limits.ts";
import type { Problem } from "./problem.ts";
import type { SearchResult } from "./result.ts";

/** Choices that the depth-first search remembers. */
const horizon = 1 << 14;

/**
 * Whether a problem has a legal order. Depth first, for in a legal history the first choices are good as a rule; then,
 * where that meets too many dead ends to find out, breadth first, which decides in any case, within the limits.
 */
export function decide(problem: Problem, limits: Limits): SearchResult {
  const deadEnds = 1000 + problem.timeline.events.length;
  const result = depthFirst(problem, { limits, deadEnds, horizon });
  switch (result.kind) {
    case "found":
      return { kind: "valid", found: result.order };
    case "gave-up":
      return breadthFirst(problem, limits);
    case "unknown":
      return result;
  }
}
