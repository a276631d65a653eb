import type { Operation } from "../../../core/op.ts";
import { same } from "../../canonical.ts";
import type { Model } from "../../model.ts";
import type { OperationList } from "../operation-list.ts";

interface Shown {
  readonly operations: readonly Operation[];
  readonly bad: Operation;
  /** The states that they begin in. */
  readonly starts: readonly unknown[];
}

/**
 * The shown operations with those that a person would miss: for a register, the last setter of the value that the bad one
 * saw, and of the value that the shown part begins with. Only additions that keep it an explanation by itself are made;
 * undefined where it is none even without them.
 */
export function contextOf(
  model: Model,
  list: OperationList,
  { operations, bad, starts }: Shown,
  isExplanation: (operations: readonly Operation[]) => boolean,
): readonly Operation[] | undefined {
  const { register } = model;
  if (register === undefined) return isExplanation(operations) ? operations : undefined;
  const access = register(bad.call, bad.outcome);
  const seen = access.kind === "cas" ? access.from : access.kind === "read" ? access.value : undefined;
  const first = operations[0]?.callIndex ?? bad.callIndex;
  const setters = [
    ...starts.map((state) => lastSetter(model, list, state, first)),
    ...(seen === undefined ? [] : [lastSetter(model, list, seen, bad.callIndex)]),
  ];
  let shown = operations;
  for (const setter of setters) {
    if (setter === undefined || shown.some(({ callIndex }) => callIndex === setter.callIndex)) continue;
    const more = [setter, ...shown].sort((a, b) => a.callIndex - b.callIndex);
    if (isExplanation(more)) shown = more;
  }
  return isExplanation(shown) ? shown : undefined;
}

/** The last operation that returned before `index` and set `value`. */
function lastSetter(
  { register }: Model,
  list: OperationList,
  value: unknown,
  index: number,
): Operation | undefined {
  for (let i = list.length - 1; i >= 0; i--) {
    if (list.returnIndex(i) >= index || list.outcome(i).type !== "ok") continue;
    const access = register?.(list.call(i), list.outcome(i));
    const sets = access?.kind === "write" || access?.kind === "replace";
    const set = sets ? access.value : access?.kind === "cas" ? access.to : undefined;
    if (set !== undefined && same(set, value as never)) return list.operation(i);
  }
  return undefined;
}
