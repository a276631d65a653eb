import type { Operation } from "../../core/op.ts";
import type { ReachedState } from "../../core/verdict.ts";
import { illegal, type Model } from "../model.ts";

/** More states than a person would read. */
const mostStates = 16;

/**
 * The states in which `culprit` could have taken effect as far as real time goes: those that a legal order of some of
 * the others leads to which holds all that had returned before the culprit's call, and nothing that was called after
 * its return. Each with the shortest such order. For small histories: tries every order.
 */
export function reachedStates<S>(
  model: Model<S>,
  operations: readonly Operation[],
  culprit: number,
): ReachedState[] {
  const bad = operations[culprit] as Operation;
  const fingerprint = model.fingerprint ?? ((state: S) => JSON.stringify(state));
  const describe = model.describe ?? ((state: S) => String(fingerprint(state)));
  const before = operations.flatMap((operation, i) => (operation.returnIndex < bad.callIndex ? [i] : []));
  const reached = new Map<string | number, ReachedState>();
  const seen = new Set<string>();
  let layer: { state: S; order: readonly number[] }[] = [{ state: model.init, order: [] }];
  while (layer.length > 0 && reached.size < mostStates) {
    const next: typeof layer = [];
    for (const { state, order } of layer) {
      const print = fingerprint(state);
      if (!reached.has(print) && before.every((i) => order.includes(i)))
        reached.set(print, { state: describe(state), order });
      for (const i of followers(operations, order, bad)) {
        const { call, outcome } = operations[i] as Operation;
        const after = model.step(state, call, outcome);
        if (after === illegal) continue;
        const name = `${fingerprint(after)} ${[...order, i].sort((a, b) => a - b)}`;
        if (!seen.has(name)) next.push({ state: after, order: [...order, i] });
        seen.add(name);
      }
    }
    layer = next.slice(0, mostOrders);
  }
  return [...reached.values()];
}

/** Orders of one length that are followed up at most. */
const mostOrders = 2000;

/** The operations that real time lets come next after `order`, the culprit apart. */
function followers(operations: readonly Operation[], order: readonly number[], bad: Operation): number[] {
  const rest = operations.flatMap((operation, i) =>
    operation === bad || order.includes(i) || operation.callIndex > bad.returnIndex ? [] : [i],
  );
  const firstReturn = Math.min(...rest.map((i) => (operations[i] as Operation).returnIndex));
  return rest.filter((i) => (operations[i] as Operation).callIndex <= firstReturn);
}
