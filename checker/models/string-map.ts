import type { Call, Json, Outcome, Result } from "../../core/op.ts";
import { type Fingerprints, illegal, type Model } from "../model.ts";

/**
 * A map of strings, in which every key is the empty string at first. The model is of one key; keys are judged apart, or
 * together by `whole`.
 *
 * - `get` answers the key's string;
 * - `put` replaces it by the call's value;
 * - `append` puts the call's value after it.
 */
export function stringMap(): Model<string, Call, Result> {
  return {
    name: "string-map",
    calls: ["get", "put", "append"],
    init: "",
    step: stepString,
    key: (call) => call.key ?? "",
    readOnly: ({ f }) => f === "get",
    overwrites: ({ f }) => f === "put",
    fingerprint: (state) => state,
    fingerprintAmong,
    describe: (state) => JSON.stringify(state),
  };
}

function stepString(state: string, call: Call, outcome: Outcome): string | typeof illegal {
  switch (call.f) {
    case "get":
      return outcome.type !== "ok" || textOf(outcome.output.value) === state ? state : illegal;
    case "put":
      return String(call.value);
    case "append":
      return state + String(call.value);
    default:
      throw new TypeError(`a string map knows get, put and append, not ${JSON.stringify(call.f)}`);
  }
}

const textOf = (answer: Json | undefined): Json => answer ?? "";

/**
 * What was read tells in which order the appends came. A string with which no string that was read begins is as good as
 * any other such string, so they are one state.
 *
 * **Proof.** Let `s` and `t` be such strings. No `get` answered either, for a string begins with itself. After an
 * `append` of `x` they are `sx` and `tx`: no string that was read begins with these, for it would begin with `s` or `t`.
 * After a `put` they are the same. So whatever follows is legal after both or after neither. ∎
 */
function fingerprintAmong(
  operations: Iterable<{ readonly call: Call; readonly outcome: Outcome }>,
): Fingerprints<string> {
  const read = new Set<string>();
  for (const { call, outcome } of operations) {
    if (call.f !== "get" || outcome.type !== "ok") continue;
    const answer = textOf(outcome.output.value);
    if (typeof answer === "string") read.add(answer);
  }
  const sorted = [...read].sort();
  // The strings that begin with `state` follow one another, and the first of them is the first that is not less.
  return { of: (state) => (sorted[firstFrom(sorted, state)]?.startsWith(state) ? state : nobodyReads) };
}

const nobodyReads = 0;

/** The position of the first of the `sorted` strings that is not less than `text`. */
function firstFrom(sorted: readonly string[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as string) < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
