import type { Call, Json, Outcome, Result } from "../../core/op.ts";
import { showValue } from "../../core/wording.ts";
import { type After, cellReasons, type Touch } from "../linearizability/explain/cells.ts";
import { labelValue, placed, plainCall } from "../linearizability/explain/describe-call.ts";
import type { Claim } from "../linearizability/explain/reason.ts";
import { exactly } from "../linearizability/explain/registers.ts";
import { type Fingerprints, illegal, type Model } from "../model.ts";
import { unknownCall } from "./calls.ts";

const calls = ["get", "put", "append"];

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
    calls,
    init: "",
    step: stepString,
    key: (call) => call.key ?? "",
    readOnly: ({ f }) => f === "get",
    overwrites: ({ f }) => f === "put",
    fingerprint: (state) => state,
    fingerprintAmong,
    describeCall,
    labelCall,
    describeState: (state) => JSON.stringify(state),
    reasons: [cellReasons({ initial: () => "", touch, making })],
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
      throw unknownCall("string-map", calls, call);
  }
}

const textOf = (answer: Json | undefined): Json => answer ?? "";

function describeCall(call: Call, outcome: Outcome): string {
  const isKnown = outcome.type === "ok";
  switch (call.f) {
    case "get":
      return isKnown
        ? `read ${showValue(textOf(outcome.output.value))}${placed(call, "from")}`
        : `tried to read${placed(call, "from")}`;
    case "put":
      return `${isKnown ? "wrote" : "tried to write"} ${showValue(call.value)}${placed(call, "to")}`;
    case "append":
      return `${isKnown ? "appended" : "tried to append"} ${showValue(call.value)}${placed(call, "to")}`;
    default:
      return plainCall(call, outcome);
  }
}

function labelCall(call: Call, outcome: Outcome): string {
  const answer = call.f === "get" && outcome.type === "ok" ? textOf(outcome.output.value) : call.value;
  return answer === undefined ? call.f : `${call.f} ${labelValue(answer)}`;
}

/** The string is a cell without a name. */
function touch(call: Call, outcome: Outcome): Touch {
  const cells = [""];
  if (call.f === "get") {
    const found = outcome.type === "ok" ? textOf(outcome.output.value) : undefined;
    return { cells, found: () => found };
  }
  const text = String(call.value);
  return { cells, after: (_, value) => (call.f === "put" ? exactly(text, value) : appended(text, value)) };
}

/** A string that ends with what was appended may be what that left; any other cannot be. */
function appended(text: string, value: Json): After {
  if (text === "") return "as-before";
  return typeof value === "string" && value.endsWith(text) ? "perhaps-this" : "other";
}

const making = ({ value }: Claim): string => `left ${showValue(value)} there`;

/**
 * Reads show the order of appends. Strings that are not a prefix of any string that was read are interchangeable, so they
 * count as one state.
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
