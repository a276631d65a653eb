import type { Call, Json, Outcome, Result } from "../../core/op.ts";
import { labelValue, placed, plainCall } from "../explain/call-words.ts";
import { type Summed, sumReason } from "../explain/sums.ts";
import { illegal, type Model } from "../model.ts";
import { say } from "../phrases.ts";
import { answerOf, badValue, unknownCall } from "./calls.ts";
import { aNumber, initialOf } from "./initial.ts";

const calls = ["add", "read"];

/** A number, 0 at first (or `initial`): `add` adds the call's value to it, `read` answers it. */
export function counter(options: { initial?: Json } = {}): Model<number, Call, Result> {
  const init = initialOf("counter", options.initial, 0, aNumber);
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
    reasons: [sumReason(init, summed)],
  };
}

function step(state: number, call: Call, outcome: Outcome): number | typeof illegal {
  if (outcome.type === "fail") return illegal;
  switch (call.f) {
    case "read":
      return outcome.type === "info" || answerOf(outcome) === state ? state : illegal;
    case "add":
      if (typeof call.value !== "number") throw badValue("add takes a number", call.value);
      return state + call.value;
    default:
      throw unknownCall("counter", calls, call);
  }
}

function describeCall(call: Call, outcome: Outcome): string {
  const isKnown = outcome.type === "ok";
  if (call.f === "add")
    return `${isKnown ? "added" : "tried to add"} ${say(call.value)}${placed(call, "to")}`;
  if (call.f !== "read") return plainCall(call, outcome);
  return isKnown
    ? `read ${say(answerOf(outcome))}${placed(call, "from")}`
    : `tried to read${placed(call, "from")}`;
}

/** A sum of others than whole numbers is not known for certain: they round as they are added, in whatever order. */
function summed({ f, value }: Call, outcome: Outcome): Summed | undefined {
  if (f === "add") return { adds: Number.isSafeInteger(value) ? (value as number) : Number.NaN };
  const found = answerOf(outcome);
  return typeof found === "number" ? { found } : undefined;
}
