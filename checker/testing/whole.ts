import type { Call, Outcome, Result } from "../../core/op.ts";
import { canonical } from "../canonical.ts";
import { illegal, type Model } from "../model.ts";
import { member } from "../models/initial.ts";

/** The state of every key that was touched; the others have the model's initial state. */
export type StateByKey<S> = Readonly<Record<string, S>>;

/**
 * A model that has keys, as one whose state is that of all of them: for judging a history whole. The verdict is the
 * same as key by key, and takes longer.
 */
export function whole<S>(model: Model<S, Call, Result>): Model<StateByKey<S>, Call, Result> {
  const print = (state: S) => String(model.fingerprint?.(state) ?? JSON.stringify(state));
  const untouched = print(model.init);
  return {
    name: model.name,
    init: {},
    step(state, call, outcome) {
      const key = model.key?.(call) ?? "";
      const next = model.step(member(state, key) ?? model.init, call, outcome);
      return next === illegal ? illegal : { ...state, [key]: next };
    },
    readOnly: (call: Call, outcome: Outcome) => model.readOnly?.(call, outcome) ?? false,
    fingerprint(state) {
      const parts = Object.entries(state).map(([key, part]) => [key, print(part)] as const);
      return canonical(Object.fromEntries(parts.filter(([, part]) => part !== untouched)));
    },
  };
}
