/** The reason about a sum: what was added leaves no room for it. */
import type { Call, Outcome } from "../../../core/op.ts";
import { othersOf, type Reasoner } from "./reason.ts";

/** What an operation adds to the sum; NaN where that is not a whole number in the exact range. */
export type Summed = { readonly adds: number } | { readonly found: number };

/** The reason for a model whose state is a sum that begins with `initial`; `of` is undefined where nothing is known. */
export const sumReason =
  (initial: number, of: (call: Call, outcome: Outcome) => Summed | undefined): Reasoner =>
  (past) => {
    const { list, bad } = past;
    const own = of(list.call(bad), list.outcome(bad));
    if (own === undefined || !("found" in own)) return undefined;
    let [least, most] = [initial, initial];
    for (const i of othersOf(past)) {
      const outcome = list.outcome(i);
      const one = of(list.call(i), outcome);
      if (one === undefined || "found" in one) continue;
      const isCounted = outcome.type === "ok" && list.returnIndex(i) < list.callIndex(bad);
      least += isCounted ? one.adds : Math.min(0, one.adds);
      most += isCounted ? one.adds : Math.max(0, one.adds);
    }
    if (!Number.isSafeInteger(least) || !Number.isSafeInteger(most)) return undefined;
    if (own.found >= least && own.found <= most) return undefined;
    return { kind: "sum", found: own.found, least, most };
  };
