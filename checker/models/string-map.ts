import type { Call, Outcome, Result } from "../../core/op.ts";
import { own } from "../canonical.ts";
import { illegal, type Model } from "../model.ts";

/** The strings that were set; every other key is the empty string. */
type StringMap = Readonly<Record<string, string>>;

/**
 * A map of strings, in which every key is the empty string at first:
 *
 * - `get` answers the key's string;
 * - `put` replaces it by the call's value;
 * - `append` puts the call's value after it.
 */
export function stringMap(): Model<StringMap, Call, Result> {
  return {
    name: "string-map",
    init: {},
    step: stepStringMap,
    key: keyOf,
    readOnly: ({ f }) => f === "get",
    overwrites: ({ f }) => f === "put",
    fingerprint: (state) => JSON.stringify(Object.entries(state).sort()),
    describe: (state) => JSON.stringify(state),
  };
}

const keyOf = (call: Call): string => call.key ?? "";

function stepStringMap(state: StringMap, call: Call, outcome: Outcome): StringMap | typeof illegal {
  const key = keyOf(call);
  const current = own(state, key) ?? "";
  switch (call.f) {
    case "get":
      return outcome.type !== "ok" || (outcome.output.value ?? "") === current ? state : illegal;
    case "put":
      return { ...state, [key]: String(call.value) };
    case "append":
      return { ...state, [key]: current + String(call.value) };
    default:
      throw new TypeError(`a string map knows get, put and append, not ${JSON.stringify(call.f)}`);
  }
}
