/** The reasons that a model has, and the one that refutes an operation. */
import type { Call, Json, Operation } from "../../../core/op.ts";
import type { Model } from "../../model.ts";
import type { OperationList } from "../operation-list.ts";
import { firstReason, pastAmong, type Reason, type Reasoner } from "./reason.ts";
import { registerReasons } from "./registers.ts";

export function reasonersOf({
  reasons,
  register,
  init,
}: Pick<Model, "reasons" | "register" | "init">): readonly Reasoner[] {
  if (reasons !== undefined) return reasons;
  return register === undefined ? [] : [registerReasons(init as Json, register)];
}

/** Adapts a reasoner for one key to a history of several: it ignores operations on other keys. */
export const ofOneKey =
  (keyOf: (call: Call) => string) =>
  (reasoner: Reasoner): Reasoner =>
  (past) => {
    const key = keyOf(past.list.call(past.bad));
    return reasoner(pastAmong(past, (i) => keyOf(past.list.call(i)) === key));
  };

/** The reason that refutes the operation at `culprit`, where a simple one does. */
export function reasonFor(
  model: Model,
  list: OperationList,
  culprit: number,
  operations: readonly Operation[],
): Reason | undefined {
  const idOf = (callIndex: number, returnIndex: number) => `${callIndex} ${returnIndex}`;
  const ids = new Set(operations.map(({ callIndex, returnIndex }) => idOf(callIndex, returnIndex)));
  const shown = new Set<number>();
  for (let i = 0; i < list.length; i++)
    if (ids.has(idOf(list.callIndex(i), list.returnIndex(i)))) shown.add(i);
  return firstReason(reasonersOf(model), { list, bad: culprit, shown });
}
