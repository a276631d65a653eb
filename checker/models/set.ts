import type { Call, Json, Outcome, Result } from "../../core/op.ts";
import { cutMiddle, showValue } from "../../core/wording.ts";
import { canonical } from "../canonical.ts";
import { cellReasons, type Touch } from "../linearizability/explain/cells.ts";
import { placed, plainCall } from "../linearizability/explain/describe-call.ts";
import type { Claim } from "../linearizability/explain/reason.ts";
import { exactly } from "../linearizability/explain/registers.ts";
import { illegal, type Model, type SetAccess } from "../model.ts";
import { answerOf, badValue, unknownCall } from "./calls.ts";
import { anArray, initialOf } from "./initial.ts";

/** The elements as canonical JSON, in the order of their texts. */
type Elements = readonly string[];

const calls = ["add", "remove", "contains", "read", "list"];

/** `list` is another name of `read`. */
const isWholeRead = (f: string): boolean => f === "read" || f === "list";

/**
 * A set of JSON values, empty at first (or the elements of `initial`):
 *
 * - `add` and `remove` put the call's value in and take it out; with `mismatch` they observed that it was in, or was
 *   not in. A `remove` of anything but a boolean may answer whether the value was in;
 * - `contains` answers whether the call's value is in;
 * - `read`, or `list`, answers the elements, in any order, each once.
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
    readOnly: (call, outcome) =>
      call.f === "contains" ||
      isWholeRead(call.f) ||
      outcome.type === "fail" ||
      existed(call, outcome) === false,
    fingerprint: (state) => state.join("\n"),
    set: accessOf,
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
      if ((existed(call, outcome) ?? isIn) !== isIn) return illegal;
      return isIn ? state.filter((other) => other !== element) : state;
    case "contains":
      return outcome.type === "info" || answerOf(outcome) === isIn ? state : illegal;
    case "read":
    case "list":
      return outcome.type === "info" || (!refused && isAll(state, answerOf(outcome))) ? state : illegal;
    default:
      throw unknownCall("set", calls, call);
  }
}

function isAll(state: Elements, answer: Json | undefined): boolean {
  const elements = elementsIn(answer);
  return elements.length === state.length && elements.every((element, i) => element === state[i]);
}

function elementsIn(answer: Json | undefined): Elements {
  if (!Array.isArray(answer)) throw badValue("a read of a set answers an array", answer);
  const elements = sorted.get(answer) ?? answer.map(canonical).sort();
  sorted.set(answer, elements);
  return elements;
}

/** The elements of answers: a search asks about the same ones again and again. */
const sorted = new WeakMap<readonly Json[], Elements>();

/** What a `remove` observed: whether the element was in. Undefined where it does not say. */
function existed({ f, value }: Call, outcome: Outcome): boolean | undefined {
  const answer = f === "remove" && typeof value !== "boolean" ? answerOf(outcome) : undefined;
  return typeof answer === "boolean" ? answer : undefined;
}

function accessOf(call: Call, outcome: Outcome): SetAccess | undefined {
  const element = canonical(call.value);
  if (isWholeRead(call.f)) return { kind: "lists", elements: elementsIn(answerOf(outcome)) };
  if (call.f === "contains") return { kind: "finds", element, isIn: answerOf(outcome) === true };
  if (outcome.type === "fail") return { kind: "finds", element, isIn: call.f === "add" };
  if (call.f === "add") return { kind: "add", element };
  if (outcome.type === "info") return { kind: "remove", element };
  const wasIn = existed(call, outcome);
  if (wasIn === undefined) return undefined;
  return wasIn ? { kind: "remove", element } : { kind: "finds", element, isIn: false };
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
      if (existed(call, outcome) === false) return `found no ${element} to remove${set("from")}`;
      return `${isKnown ? "removed" : "tried to remove"} ${element}${set("from")}`;
    case "contains":
      if (!isKnown) return `tried to look for ${element}${set("in")}`;
      return `found that ${element} was${answerOf(outcome) === true ? "" : " not"}${set("in")}`;
    case "read":
      return isKnown ? `read ${showValue(answerOf(outcome))}${set("from")}` : `tried to read${set("from")}`;
    case "list":
      return isKnown
        ? `listed ${showValue(answerOf(outcome))}${set("in")}`
        : `tried to list${placed(call) || " the set"}`;
    default:
      return plainCall(call, outcome);
  }
}

/** Every element is a cell that says whether it is in. */
function touch(call: Call, outcome: Outcome): Touch {
  if (isWholeRead(call.f)) return readOf(answerOf(outcome));
  const element = canonical(call.value);
  const cells = [element];
  const only = (isIn: boolean | undefined) => (cell: string) => (cell === element ? isIn : undefined);
  if (call.f === "contains") {
    const answer = answerOf(outcome);
    return { cells, found: only(typeof answer === "boolean" ? answer : undefined) };
  }
  if (outcome.type === "fail") return { cells, found: only(call.f === "add") };
  const wasIn = existed(call, outcome);
  if (wasIn === false) return { cells, found: only(false) };
  if (wasIn === true) return { cells, found: only(true), after: (_, value) => exactly(false, value) };
  return { cells, after: (_, value) => exactly(call.f === "add", value) };
}

/** A read shows for each known element whether it is in the set. */
function readOf(answer: Json | undefined): Touch {
  if (!Array.isArray(answer)) return { cells: [] };
  const elements = new Set(answer.map(canonical));
  return { cells: [...elements], found: (element) => elements.has(element) };
}
