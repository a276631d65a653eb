import type { Operation } from "../core/op.ts";
import { illegal, type Model } from "./model.ts";

/**
 * Whether `order` (positions in `operations`) proves that they are linearizable: it holds every operation that took
 * effect or observed something, none twice, nothing before what had returned before its call, and the model accepts it.
 * Knows nothing of how the order was found.
 */
export function verifyOrder<S>(
  model: Model<S>,
  operations: readonly Operation[],
  order: readonly number[],
): boolean {
  const placed = new Set(order);
  const missing = operations.some(
    ({ outcome }, i) =>
      !placed.has(i) &&
      (outcome.type === "ok" || (outcome.type === "fail" && outcome.error.code === "mismatch")),
  );
  let state: S | typeof illegal = model.init;
  let lastCall = Number.NEGATIVE_INFINITY;
  for (const operation of order.map((i) => operations[i])) {
    if (operation === undefined || state === illegal || operation.returnIndex < lastCall) return false;
    lastCall = Math.max(lastCall, operation.callIndex);
    state = model.step(state, operation.call, operation.outcome);
  }
  return !missing && placed.size === order.length && state !== illegal;
}
