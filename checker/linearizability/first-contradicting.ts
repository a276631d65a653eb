/** Where a history that contradicts itself began to: for decision procedures that find out only about a whole one. */

import { within } from "./limits.ts";
import { type OperationList, part } from "./operation-list.ts";

/** A history as it was known at some time, and the positions that its operations have in the whole one. */
export interface Past {
  readonly list: OperationList;
  readonly positions: Int32Array;
}

/**
 * The operation whose return brought the contradiction, by halving: what contradicts itself goes on doing so, whatever is
 * learned later. Where `isContradiction` comes to a limit, the last one that is known to be too late.
 */
export function firstContradicting(
  list: OperationList,
  isContradiction: (past: OperationList) => boolean,
): number {
  const byReturn: number[] = [];
  for (let i = 0; i < list.length; i++)
    if (Number.isFinite(list.returnIndex(i)) && !isVoid(list, i)) byReturn.push(i);
  byReturn.sort((a, b) => list.returnIndex(a) - list.returnIndex(b) || a - b);
  let low = 0;
  let high = byReturn.length - 1;
  const halve = () => {
    while (low < high) {
      const middle = (low + high) >> 1;
      const past = before(list, byReturn[middle] as number, true);
      if (isContradiction(past.list)) high = middle;
      else low = middle + 1;
    }
  };
  within(halve, () => {});
  return byReturn[high] as number;
}

/** Whether the operation never took place, so that nothing may ever have seen it: not even while it was not answered yet. */
function isVoid(list: OperationList, i: number): boolean {
  const outcome = list.outcome(i);
  return outcome.type === "fail" && outcome.error.code !== "mismatch";
}

/** The history as it was known when the operation at `last` had just returned, or was just about to. */
export function before(list: OperationList, last: number, hasReturned: boolean): Past {
  const end = list.returnIndex(last);
  const positions: number[] = [];
  for (let i = 0; i < list.length && list.callIndex(i) <= end; i++) if (!isVoid(list, i)) positions.push(i);
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
