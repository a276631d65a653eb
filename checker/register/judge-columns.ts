import { completeOrder } from "../search/complete-order.ts";
import { decide } from "../search/decide.ts";
import { type Budget, type LimitName, within } from "../search/limits.ts";
import { returnsBefore } from "../search/timeline.ts";
import type { Columns } from "./columns.ts";
import { firstContradicting, upTo } from "./contradiction.ts";
import type { Contradiction } from "./links.ts";
import { registerProblem } from "./problem.ts";
import { decideUnique } from "./unique.ts";

/** What became of one register, in numbers. */
export type ColumnsJudgement =
  | {
      readonly kind: "valid";
      /** A legal order, where it was asked for: positions in the list that the columns came from. */
      readonly order?: Int32Array;
    }
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

export interface JudgeOptions {
  /** Whether to answer with a legal order, which takes more memory. */
  readonly wantsOrder?: boolean;
  /** A legal order that is known otherwise: asked for where unique values do not decide, before the search. */
  known?(): Int32Array | undefined;
}

/** Whether a register's operations are linearizable: by unique values where they decide it, else by search. */
export function judgeColumns(columns: Columns, budget: Budget, options?: JudgeOptions): ColumnsJudgement;
export function judgeColumns(
  columns: Columns,
  budget: Budget,
  options: JudgeOptions,
  turns: number,
): ColumnsJudgement | Hard;
export function judgeColumns(
  columns: Columns,
  budget: Budget,
  options: JudgeOptions = {},
  turns?: number,
): ColumnsJudgement | Hard {
  return within(
    () => budget.during(() => judge(columns, budget, options, turns)),
    (limit) => ({ kind: "unknown", limit, judged: 0, states: [0] }),
  );
}

function judge(
  columns: Columns,
  budget: Budget,
  { wantsOrder = false, known }: JudgeOptions,
  turns: number | undefined,
): ColumnsJudgement | Hard {
  const unique = decideUnique(columns, budget);
  if (unique.kind === "contradiction")
    return { kind: "invalid", culprit: firstCulprit(columns, unique, budget) };
  if (unique.kind === "ordered")
    return valid(wantsOrder ? unique.order().map((i) => columns.source[i] as number) : undefined);
  const order = known?.();
  if (order !== undefined) return valid(wantsOrder ? order : undefined);
  const problem = registerProblem(columns, String, budget);
  const options = { limits: budget.rest(), keepsOrder: wantsOrder };
  const result = turns === undefined ? decide(problem, options) : decide(problem, options, turns);
  switch (result.kind) {
    case "valid":
      return valid(
        wantsOrder && result.order !== undefined
          ? completeOrder(problem, result.order).map((i) => problem.source[i] as number)
          : undefined,
      );
    case "invalid":
      return { kind: "invalid", culprit: problem.source[result.culprit] as number };
    case "unknown": {
      const judged = returnsBefore(problem.timeline, result.events);
      return { kind: "unknown", limit: result.limit, judged, states: result.states };
    }
    case "gave-up":
      return { kind: "gave-up" };
  }
}

const valid = (order: Int32Array | undefined): ColumnsJudgement => ({
  kind: "valid",
  ...(order !== undefined && { order }),
});

/**
 * The first operation that cannot be placed, in a history that contradicts itself: the one that brought the
 * contradiction, unless an operation that saw that the value differed could not be placed before. Where the budget does
 * not allow to look for it, the one that completed the contradiction that was found.
 */
function firstCulprit(columns: Columns, found: Contradiction, budget: Budget): number {
  const last = firstContradicting(columns, found, budget);
  return within(
    () => {
      const past = upTo(columns, last, { returned: false });
      if (decideUnique(past, budget).kind !== "ordered") {
        const problem = registerProblem(past, String, budget);
        const result = decide(problem, { limits: budget.rest() }, 1);
        if (result.kind === "invalid") return problem.source[result.culprit] as number;
      }
      return columns.source[last] as number;
    },
    () => columns.source[last] as number,
  );
}
