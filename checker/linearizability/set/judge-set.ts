import { firstContradicting } from "../first-contradicting.ts";
import type { Budget } from "../limits.ts";
import type { OperationList } from "../operation-list.ts";
import { decideSet, type SetOptions } from "./decide-set.ts";
import type { SetModel } from "./members.ts";

/** The judgement of a set whose elements are unique; undefined where that does not decide it. */
export type SetJudgement =
  | { readonly kind: "valid"; readonly order: Int32Array }
  /** The first operation, by return, that cannot be placed. */
  | { readonly kind: "invalid"; readonly culprit: number };

export function judgeSet(
  model: SetModel,
  list: OperationList,
  budget: Budget,
  options: SetOptions = {},
): SetJudgement | undefined {
  const result = decideSet(model, list, budget, options);
  if (result.kind === "undecided") return undefined;
  if (result.kind === "ordered") return { kind: "valid", order: result.order };
  const isContradiction = (past: OperationList) => decideSet(model, past, budget).kind === "contradiction";
  return { kind: "invalid", culprit: firstContradicting(list, isContradiction) };
}
