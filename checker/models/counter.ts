import { isExactNumber, wholeJson, wholeNumber } from "../../core/codec/exact-json.ts";
import type { Call, Json, Outcome, Result } from "../../core/op.ts";
import { showValue } from "../../core/wording.ts";
import { labelValue, placed, plainCall } from "../linearizability/explain/describe-call.ts";
import { type Summed, sumReason } from "../linearizability/explain/sums.ts";
import { illegal, type Model } from "../model.ts";
import { answerOf, badValue, unknownCall } from "./calls.ts";
import { initialOf } from "./initial.ts";

const calls = ["add", "read"];

/** A number, or the digits of a whole one that a number does not hold exactly. */
type Count = number | string;

/**
 * A number, 0 at first (or `initial`): `add` adds the call's value to it, `read` answers it. Whole numbers of any size are
 * exact; what is too large for a number is the string of its digits.
 */
export function counter(options: { initial?: Json } = {}): Model<Count, Call, Result> {
  const init = initialOf<Count>("counter", options.initial, 0, aCount);
  return {
    name: "counter",
    calls,
    init,
    step,
    key: (call) => call.key ?? "",
    readOnly: ({ f }) => f === "read",
    describeCall,
    labelCall: ({ f, value }, outcome) =>
      f === "add" ? `add ${labelValue(value ?? null)}` : `read ${labelValue(answerOf(outcome) ?? "")}`.trim(),
    reasons: [sumReason(typeof init === "number" ? init : Number.NaN, summed)],
  };
}

function step(state: Count, call: Call, outcome: Outcome): Count | typeof illegal {
  if (outcome.type === "fail") return illegal;
  switch (call.f) {
    case "read":
      return outcome.type === "info" || answerOf(outcome) === state ? state : illegal;
    case "add":
      return sum(state, call.value);
    default:
      throw unknownCall("counter", calls, call);
  }
}

function describeCall(call: Call, outcome: Outcome): string {
  const isKnown = outcome.type === "ok";
  if (call.f === "add")
    return `${isKnown ? "added" : "tried to add"} ${showValue(call.value)}${placed(call, "to")}`;
  if (call.f !== "read") return plainCall(call, outcome);
  return isKnown
    ? `read ${showValue(answerOf(outcome))}${placed(call, "from")}`
    : `tried to read${placed(call, "from")}`;
}

/** Only sums of whole numbers are certain: others round, depending on the order in which they are added. */
function summed({ f, value }: Call, outcome: Outcome): Summed | undefined {
  if (f === "add") return { adds: Number.isSafeInteger(value) ? (value as number) : Number.NaN };
  const found = answerOf(outcome);
  return typeof found === "number" ? { found } : undefined;
}

const aCount = { is: (value: Json): value is Count => isExactNumber(value), words: "a number" };

function sum(state: Count, value: Json | undefined): Count {
  if (value === undefined || !aCount.is(value)) throw badValue("add takes a number", value);
  if (typeof state === "number" && typeof value === "number") {
    const plain = state + value;
    if (Number.isSafeInteger(plain) || !Number.isInteger(plain)) return plain;
  }
  const [a, b] = [wholeNumber(state), wholeNumber(value)];
  return a === undefined || b === undefined ? Number(state) + Number(value) : wholeJson(a + b);
}
