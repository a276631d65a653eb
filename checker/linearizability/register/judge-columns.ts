import { type Budget, within } from "../limits.ts";
import { decide } from "../search/decide.ts";
import { type NumberedJudgement, numbered, validBy } from "../search/numbered-judgement.ts";
import type { Columns } from "./columns.ts";
import { firstContradicting, upTo } from "./contradiction.ts";
import type { Contradiction } from "./links.ts";
import { registerProblem } from "./problem.ts";
import { decideUnique } from "./unique.ts";

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
export function judgeColumns(columns: Columns, budget: Budget, options?: JudgeOptions): NumberedJudgement;
export function judgeColumns(
  columns: Columns,
  budget: Budget,
  options: JudgeOptions,
  turns: number,
): NumberedJudgement | Hard;
export function judgeColumns(
  columns: Columns,
  budget: Budget,
  options: JudgeOptions = {},
  turns?: number,
): NumberedJudgement | Hard {
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
): NumberedJudgement | Hard {
  const unique = decideUnique(columns, budget);
  if (unique.kind === "contradiction")
    return { kind: "invalid", culprit: firstCulprit(columns, unique, budget) };
  if (unique.kind === "ordered")
    return validBy(wantsOrder ? unique.order().map((i) => columns.source[i] as number) : undefined);
  const order = known?.();
  if (order !== undefined) return validBy(wantsOrder ? order : undefined);
  const problem = registerProblem(columns, String, budget);
  const options = { limits: budget.rest(), keepsOrder: wantsOrder };
  const result = turns === undefined ? decide(problem, options) : decide(problem, options, turns);
  return result.kind === "gave-up" ? { kind: "gave-up" } : numbered(problem, result, wantsOrder);
}

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
