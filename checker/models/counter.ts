import { isExactNumber, wholeJson, wholeNumber } from "../../core/exact-json.ts";
import type { Call, Json, Outcome, Result } from "../../core/op.ts";
import { illegal, type Model } from "../model.ts";
import { answerOf, badValue, unknownCall } from "./calls.ts";
import { initialOf } from "./initial.ts";

/** A number, or the digits of a whole one that a number does not hold exactly. */
type Count = number | string;

/**
 * A number, 0 at first (or `initial`): `add` adds the call's value to it, `read` answers it. Whole numbers of any size are
 * exact; what is too large for a number is the string of its digits.
 */
export function counter(options: { initial?: Json } = {}): Model<Count, Call, Result> {
  return {
    name: "counter",
    calls: ["add", "read"],
    init: initialOf<Count>("counter", options.initial, 0, aCount),
    step,
    key: (call) => call.key ?? "",
    readOnly: ({ f }) => f === "read",
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
      throw unknownCall("counter", "add and read", call);
  }
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
