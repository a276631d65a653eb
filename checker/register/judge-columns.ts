import { decide } from "../search/decide.ts";
import type { LimitName, Limits } from "../search/limits.ts";
import { returnsBefore } from "../search/timeline.ts";
import type { Columns } from "./columns.ts";
import { firstContradicting, upTo } from "./contradiction.ts";
import type { Contradiction } from "./links.ts";
import { registerProblem } from "./problem.ts";
import { decideUnique } from "./unique.ts";

/** What became of one register, in numbers. */
export type ColumnsJudgement =
  | { readonly kind: "valid" }
  /** The culprit is a position in the list that the columns came from. */
  | { readonly kind: "invalid"; readonly culprit: number }
  | {
      readonly kind: "unknown";
      readonly limit: LimitName;
      /** How many operations had returned when the search stopped. */
      readonly judged: number;
      /** Numbers of the values that were possible there. */
      readonly states: readonly number[];
    };

/** The search would take long: it came to the end of the turns that it was given. */
export interface Hard {
  readonly kind: "gave-up";
}

/** Whether a register's operations are linearizable: by unique values where they decide it, else by search. */
export function judgeColumns(columns: Columns, limits: Limits): ColumnsJudgement;
export function judgeColumns(columns: Columns, limits: Limits, turns: number): ColumnsJudgement | Hard;
export function judgeColumns(columns: Columns, limits: Limits, turns?: number): ColumnsJudgement | Hard {
  const unique = decideUnique(columns);
  if (unique.kind === "ordered") return { kind: "valid" };
  if (unique.kind === "contradiction")
    return { kind: "invalid", culprit: firstCulprit(columns, unique, limits) };
  const problem = registerProblem(columns, String);
  const result = turns === undefined ? decide(problem, limits) : decide(problem, limits, turns);
  switch (result.kind) {
    case "valid":
      return { kind: "valid" };
    case "invalid":
      return { kind: "invalid", culprit: problem.source[result.culprit] as number };
    case "unknown": {
      const judged = returnsBefore(problem.timeline, result.events);
      return { kind: "unknown", limit: result.limit, judged, states: result.states };
    }
    case "gave-up":
      return result;
  }
}

/**
 * The first operation that cannot be placed, in a history that contradicts itself: the one that brought the
 * contradiction, unless an operation that saw that the value differed could not be placed before.
 */
function firstCulprit(columns: Columns, found: Contradiction, limits: Limits): number {
  const last = firstContradicting(columns, found);
  const past = upTo(columns, last, { returned: false });
  if (decideUnique(past).kind !== "ordered") {
    const problem = registerProblem(past, String);
    const result = decide(problem, limits, 1);
    if (result.kind === "invalid") return problem.source[result.culprit] as number;
  }
  return columns.source[last] as number;
}
