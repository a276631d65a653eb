import type { Call, Outcome } from "../../core/op.ts";
import { illegal, type Model } from "../model.ts";

export const unanswered: Outcome = {
  type: "info",
  error: { code: "timeout", definite: false, message: "no answer" },
};

/** Whether the model accepts the calls with these outcomes, one after another. */
export function accepts<S>(model: Model<S>, ...steps: readonly (readonly [Call, Outcome])[]): boolean {
  let state = model.init;
  for (const [call, outcome] of steps) {
    const next = model.step(state, call, outcome);
    if (next === illegal) return false;
    state = next;
  }
  return true;
}
