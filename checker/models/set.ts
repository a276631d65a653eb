import type { Call, Json, Outcome, Result } from "../../core/op.ts";
import { cutMiddle, showValue } from "../../core/wording.ts";
import { canonical } from "../canonical.ts";
import { cellReasons, type Touch } from "../linearizability/explain/cells.ts";
import { placed, plainCall } from "../linearizability/explain/describe-call.ts";
import type { Claim } from "../linearizability/explain/reason.ts";
import { exactly } from "../linearizability/explain/registers.ts";
import { illegal, type Model } from "../model.ts";
import { answerOf, badValue, unknownCall } from "./calls.ts";
import { anArray, initialOf } from "./initial.ts";

/** The elements as canonical JSON, in the order of their texts. */
type Elements = readonly string[];

const calls = ["add", "remove", "contains", "read"];

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
  const init = [...new Set(initial.map(canonical))].sort();
  const cells = {
    initial: (element: string) => init.includes(element),
    cells: init,
    touch,
    making: ({ cell, value }: Claim) =>
      value === true ? `added ${cutMiddle(cell)}` : `removed ${cutMiddle(cell)}`,
  };
  return {
    name: "set",
    calls,
    init,
    step,
    key: (call) => call.key ?? "",
    readOnly: ({ f }, outcome) => f === "contains" || f === "read" || outcome.type === "fail",
    describeCall,
    describeState: (state) => `{${state.join(", ")}}`,
    reasons: [cellReasons(cells)],
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
      throw unknownCall("set", calls, call);
  }
}

function isAll(state: Elements, answer: Json | undefined): boolean {
  if (!Array.isArray(answer)) throw badValue("a read of a set answers an array", answer);
  const elements = answer.map(canonical).sort();
  return elements.length === state.length && elements.every((element, i) => element === state[i]);
}

function describeCall(call: Call, outcome: Outcome): string {
  const isKnown = outcome.type === "ok";
  const element = showValue(call.value ?? null);
  const set = (preposition: string) => placed(call, preposition) || ` ${preposition} the set`;
  switch (call.f) {
    case "add":
      if (outcome.type === "fail") return `found that ${element} was${set("in")} already`;
      return `${isKnown ? "added" : "tried to add"} ${element}${set("to")}`;
    case "remove":
      if (outcome.type === "fail") return `found that ${element} was not${set("in")}`;
      return `${isKnown ? "removed" : "tried to remove"} ${element}${set("from")}`;
    case "contains":
      if (!isKnown) return `tried to look for ${element}${set("in")}`;
      return `found that ${element} was${answerOf(outcome) === true ? "" : " not"}${set("in")}`;
    case "read":
      return isKnown ? `read ${showValue(answerOf(outcome))}${set("from")}` : `tried to read${set("from")}`;
    default:
      return plainCall(call, outcome);
  }
}

/** Every element is a cell that says whether it is in. */
function touch(call: Call, outcome: Outcome): Touch {
  if (call.f === "read") return readOf(answerOf(outcome));
  const element = canonical(call.value);
  const cells = [element];
  const only = (isIn: boolean | undefined) => (cell: string) => (cell === element ? isIn : undefined);
  if (call.f === "contains") {
    const answer = answerOf(outcome);
    return { cells, found: only(typeof answer === "boolean" ? answer : undefined) };
  }
  if (outcome.type === "fail") return { cells, found: only(call.f === "add") };
  return { cells, after: (_, value) => exactly(call.f === "add", value) };
}

/** A read finds of every element there is whether it is in. */
function readOf(answer: Json | undefined): Touch {
  if (!Array.isArray(answer)) return { cells: [] };
  const elements = new Set(answer.map(canonical));
  return { cells: [...elements], found: (element) => elements.has(element) };
}
