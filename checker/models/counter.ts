import type { Call, Json, Outcome, Result } from "../../core/op.ts";
import { illegal, type Model } from "../model.ts";
import { answerOf, badValue, unknownCall } from "./calls.ts";
import { aNumber, initialOf } from "./initial.ts";

/** A number, 0 at first (or `initial`): `add` adds the call's value to it, `read` answers it. */
export function counter(options: { initial?: Json } = {}): Model<number, Call, Result> {
  return {
    name: "counter",
    calls: ["add", "read"],
    init: initialOf("counter", options.initial, 0, aNumber),
    step,
    key: (call) => call.key ?? "",
    readOnly: ({ f }) => f === "read",
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
      throw unknownCall("counter", "add and read", call);
  }
}
