import type { Model } from "../../model.ts";
import { type Budget, within } from "../limits.ts";
import { type OperationList, part } from "../operation-list.ts";
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

/** A history as it was known at some time, and the positions that its operations have in the whole one. */
export interface Past {
  readonly list: OperationList;
  readonly positions: Int32Array;
}

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
      const culprit = firstContradicting(model, list, budget);
      const past = before(list, culprit, false);
      const known = within(
        () => decideQueue(model, past.list, budget).kind,
        () => "undecided",
      );
      return { kind: "invalid", culprit, past, isFirst: known === "ordered" };
    }
  }
}

/**
 * The operation whose return brought the contradiction, by halving: what contradicts itself goes on doing so, whatever is
 * learned later. Where the budget does not allow it, the last one that is known to be too late.
 */
function firstContradicting(model: Model & QueueModel, list: OperationList, budget: Budget): number {
  const byReturn: number[] = [];
  for (let i = 0; i < list.length; i++) if (Number.isFinite(list.returnIndex(i))) byReturn.push(i);
  byReturn.sort((a, b) => list.returnIndex(a) - list.returnIndex(b) || a - b);
  let low = 0;
  let high = byReturn.length - 1;
  const halve = () => {
    while (low < high) {
      const middle = (low + high) >> 1;
      const past = before(list, byReturn[middle] as number, true);
      if (decideQueue(model, past.list, budget).kind === "contradiction") high = middle;
      else low = middle + 1;
    }
  };
  within(halve, () => {});
  return byReturn[high] as number;
}

/** The history as it was known when the operation at `last` had just returned, or was just about to. */
function before(list: OperationList, last: number, hasReturned: boolean): Past {
  const end = list.returnIndex(last);
  const positions: number[] = [];
  for (let i = 0; i < list.length && list.callIndex(i) <= end; i++) positions.push(i);
  const own = part(list, positions);
  const isKnown = (i: number) => {
    const returned = own.returnIndex(i);
    const position = positions[i] as number;
    return returned < end || (returned === end && (position < last || (hasReturned && position === last)));
  };
  const unknown = { code: "timeout", definite: false, message: "not answered yet" } as const;
  return {
    positions: Int32Array.from(positions),
    list: {
      ...own,
      outcome: (i) => (isKnown(i) ? own.outcome(i) : { type: "info", error: unknown }),
      returnIndex: (i) => (isKnown(i) ? own.returnIndex(i) : Number.POSITIVE_INFINITY),
      operation: (i) => own.operation(i),
    },
  };
}
