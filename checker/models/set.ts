import type { Call, Json, Outcome, Result } from "../../core/op.ts";
import { canonical } from "../canonical.ts";
import { illegal, type Model } from "../model.ts";
import { answerOf, badValue, unknownCall } from "./calls.ts";
import { anArray, initialOf } from "./initial.ts";

/** The elements as canonical JSON, in the order of their texts. */
type Elements = readonly string[];

/**
 * A set of JSON values, empty at first (or the elements of `initial`):
 *
 * - `add` and `remove` put the call's value in and take it out; with `mismatch` they observed that it was in, or was
 *   not in;
 * - `contains` answers whether the call's value is in;
 * - `read` answers the elements, in any order, each once.
 */
export function set(options: { initial?: Json } = {}): Model<Elements, Call, Result> {
  const initial = initialOf("set", options.initial, [], anArray);
  return {
    name: "set",
    calls: ["add", "remove", "contains", "read"],
    init: [...new Set(initial.map(canonical))].sort(),
    step,
    key: (call) => call.key ?? "",
    readOnly: ({ f }, outcome) => f === "contains" || f === "read" || outcome.type === "fail",
    describe: (state) => `{${state.join(", ")}}`,
  };
}

function step(state: Elements, call: Call, outcome: Outcome): Elements | typeof illegal {
  const element = canonical(call.value);
  const isIn = state.includes(element);
  const refused = outcome.type === "fail";
  switch (call.f) {
    case "add":
      if (refused) return isIn ? state : illegal;
      return isIn ? state : [...state, element].sort();
    case "remove":
      if (refused) return isIn ? illegal : state;
      return state.filter((other) => other !== element);
    case "contains":
      return outcome.type === "info" || answerOf(outcome) === isIn ? state : illegal;
    case "read":
      return outcome.type === "info" || (!refused && isAll(state, answerOf(outcome))) ? state : illegal;
    default:
      throw unknownCall("set", "add, remove, contains and read", call);
  }
}

function isAll(state: Elements, answer: Json | undefined): boolean {
  if (!Array.isArray(answer)) throw badValue("a read of a set answers an array", answer);
  const elements = answer.map(canonical).sort();
  return elements.length === state.length && elements.every((element, i) => element === state[i]);
}
