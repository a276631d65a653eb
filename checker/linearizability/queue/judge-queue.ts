import type { Model } from "../../model.ts";
import { before, firstContradicting, type Past } from "../first-contradicting.ts";
import { type Budget, within } from "../limits.ts";
import type { OperationList } from "../operation-list.ts";
import type { QueueModel } from "./items.ts";
import { decideQueue } from "./unique.ts";

/** The judgement of a queue that unique values decide; undefined where they do not. */
export type QueueJudgement =
  | { readonly kind: "valid"; readonly order: Int32Array }
  | {
      readonly kind: "invalid";
      /**
       * The first operation, by return, with which the history contradicts itself: with `past`, that is all that was known
       * before its return, there may be no legal order either.
       */
      readonly culprit: number;
      readonly past: Past;
      /** Whether the past is known to be legal. */
      readonly isFirst: boolean;
    };

export function judgeQueue(
  model: Model & QueueModel,
  list: OperationList,
  budget: Budget,
): QueueJudgement | undefined {
  const result = decideQueue(model, list, budget);
  switch (result.kind) {
    case "ordered":
      return { kind: "valid", order: result.order };
    case "undecided":
      return undefined;
    case "contradiction": {
      const isContradiction = (past: OperationList) =>
        decideQueue(model, past, budget).kind === "contradiction";
      const culprit = firstContradicting(list, isContradiction);
      const past = before(list, culprit, false);
      const known = within(
        () => decideQueue(model, past.list, budget).kind,
        () => "undecided",
      );
      return { kind: "invalid", culprit, past, isFirst: known === "ordered" };
    }
  }
}
