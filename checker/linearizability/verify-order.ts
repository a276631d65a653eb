import type { Operation } from "../../core/op.ts";
import { illegal, type Model } from "../model.ts";
import { listOf, type OperationList } from "./operation-list.ts";

/**
 * Whether `order` (positions in `operations`) proves that they are linearizable: it holds every operation that took
 * effect or observed something, none twice, nothing before what had returned before its call, and the model accepts it.
 * It does not depend on how the order was found.
 */
export function verifyOrder<S>(
  model: Model<S>,
  operations: readonly Operation[],
  order: ArrayLike<number>,
): boolean {
  return verifyListOrder(model, listOf(operations), order);
}

export function verifyListOrder<S>(model: Model<S>, list: OperationList, order: ArrayLike<number>): boolean {
  const placed = new Uint8Array(list.length);
  let state: S = model.init;
  let latestCall = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < order.length; at++) {
    const i = order[at] as number;
    if (placed[i] !== 0 || list.returnIndex(i) < latestCall) return false;
    placed[i] = 1;
    latestCall = Math.max(latestCall, list.callIndex(i));
    const next = model.step(state, list.call(i), list.outcome(i));
    if (next === illegal) return false;
    state = next;
  }
  return placed.every((isPlaced, i) => isPlaced === 1 || !mustBePlaced(list, i));
}

function mustBePlaced(list: OperationList, i: number): boolean {
  const outcome = list.outcome(i);
  return outcome.type === "ok" || (outcome.type === "fail" && outcome.error.code === "mismatch");
}
