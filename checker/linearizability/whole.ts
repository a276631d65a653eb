import type { Call, Outcome, Result } from "../../core/op.ts";
import { canonical } from "../canonical.ts";
import { type Fingerprints, illegal, type Model } from "../model.ts";
import { member } from "../models/initial.ts";
import { ofOneKey, reasonersOf } from "./explain/reasoners.ts";

/** The state of each key that was touched; the others have the model's initial state. */
export type StateByKey<S> = Readonly<Record<string, S>>;

/**
 * Turns a model that has keys into one whose state is that of all keys together, to judge a history whole. The verdict is
 * the same as key by key (see split.ts), and takes longer. A model without keys already is whole.
 */
export function whole<S>(model: Model<S, Call, Result>): Model<StateByKey<S>, Call, Result> {
  const keyOf = (call: Call) => model.key?.(call) ?? "";
  const print = (state: S) => String(model.fingerprint?.(state) ?? JSON.stringify(state));
  const describe = (state: S) => model.describeState?.(state) ?? print(state);
  const untouched = print(model.init);
  const changed = (state: StateByKey<S>) =>
    Object.entries(state)
      .filter(([, part]) => print(part) !== untouched)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    name: model.name,
    calls: model.calls,
    init: {},
    ...(model.describeCall && { describeCall: model.describeCall }),
    ...(model.labelCall && { labelCall: model.labelCall }),
    reasons: reasonersOf(model).map(ofOneKey(keyOf)),
    step(state, call, outcome) {
      const key = keyOf(call);
      const old = member(state, key) ?? model.init;
      const next = model.step(old, call, outcome);
      return next === illegal ? illegal : next === old ? state : { ...state, [key]: next };
    },
    keys: (call) => [keyOf(call)],
    readOnly: (call: Call, outcome: Outcome) => model.readOnly?.(call, outcome) ?? false,
    fingerprint: (state) => canonical(changed(state).map(([key, part]) => [key, print(part)])),
    fingerprintAmong(operations) {
      const byKey = new Map<string, { call: Call; outcome: Outcome }[]>();
      for (const operation of operations) {
        const key = keyOf(operation.call);
        const known = byKey.get(key);
        if (known === undefined) byKey.set(key, [operation]);
        else known.push(operation);
      }
      const prints = new Map(Array.from(byKey, ([key, own]) => [key, printsAmong(model, own)]));
      return {
        of: (state) =>
          canonical(
            changed(state).map(([key, part]) => [key, prints.get(key)?.of(part) ?? print(part)] as const),
          ),
      };
    },
    describeState: (state) =>
      `{${changed(state)
        .map(([key, part]) => `${key}: ${describe(part)}`)
        .join(", ")}}`,
  };
}

const printsAmong = <S>(
  model: Model<S, Call, Result>,
  operations: readonly { readonly call: Call; readonly outcome: Outcome }[],
): Fingerprints<S> =>
  model.fingerprintAmong?.(operations) ?? {
    of: (state) => model.fingerprint?.(state) ?? JSON.stringify(state),
  };
