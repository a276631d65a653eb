import type { Operation } from "../../core/op.ts";
import { illegal, type Model } from "../model.ts";

/**
 * The definition of linearizability, tried out: is there an order of the operations, with any of the optional ones
 * left out, that the model accepts and in which nothing comes before what had returned before its call? Exponential,
 * and without any shortcut: the yardstick that tests hold the real checker against.
 */
export function bruteForce<S>(model: Model<S>, operations: readonly Operation[]): boolean {
  const relevant = operations.filter(
    ({ outcome }) => outcome.type !== "fail" || outcome.error.code === "mismatch",
  );
  return canPlace(model, model.init, relevant);
}

function canPlace<S>(model: Model<S>, state: S, rest: readonly Operation[]): boolean {
  if (rest.every(({ outcome }) => outcome.type === "info")) return true;
  const firstReturn = Math.min(...rest.map(({ returnIndex }) => returnIndex));
  return rest.some((operation, i) => {
    if (operation.callIndex > firstReturn) return false;
    const next = model.step(state, operation.call, operation.outcome);
    return next !== illegal && canPlace(model, next, rest.toSpliced(i, 1));
  });
}
