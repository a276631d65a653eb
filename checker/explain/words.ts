/** The sentence of a violation: what was done, and the reason why it cannot be. */
import type { Operation } from "../../core/op.ts";
import type { Model } from "../model.ts";
import { atTime, count, cut, listed, say, span } from "../phrases.ts";
import { isUntimed } from "../untimed.ts";
import { describeCall } from "./call-words.ts";
import type { Reached } from "./reached-states.ts";
import type { Reason } from "./reason.ts";

/** More states, or operations, than this are counted, not named. */
const mostNamed = 5;
const mostTakers = 3;

export interface Explained {
  /** The operations that are shown; by themselves they refute the culprit where `isProof`. */
  readonly operations: readonly Operation[];
  readonly culprit: number;
  readonly isProof: boolean;
  /** The states that those that are shown leave. */
  readonly reached: Reached;
  readonly reason: Reason | undefined;
}

/** Why the culprit cannot be placed, in one sentence. */
export function sentence(model: Model, explained: Explained): string {
  const { operations, culprit, reason } = explained;
  const bad = operations[culprit] as Operation;
  const when = isUntimed(bad) ? `event ${bad.callIndex}` : atTime(bad.invokedAt);
  const why = reason === undefined ? stateReason(explained) : reasonInWords(model, bad, reason);
  return `${inWords(model, bad)}${bad.node === undefined ? "" : ` on ${bad.node}`} at ${when}, ${why}`;
}

/** `process 7 read 41 from k3` */
const inWords = (model: Model, { process, call, outcome }: Operation): string =>
  `process ${process} ${describeCall(model, call, outcome)}`;

/** Where no simple reason is certain. */
function stateReason({ operations, isProof, reached }: Explained): string {
  const { states, allowing, isComplete } = reached;
  const others = operations.length - 1;
  if (!isProof || !isComplete || others === 0 || states.length + allowing.length === 0)
    return "and no order of the operations before it allows that";
  const left = `but the ${others === 1 ? "operation that contradicts it leaves" : `${others} operations that contradict it leave`} only`;
  const [first] = allowing;
  const names = [...states.map(({ state }) => state), ...allowing];
  const only = `${left} the ${names.length === 1 ? "state" : "states"} ${listed(
    counted(
      names.map((name) => cut(name)),
      mostNamed,
    ),
  )}`;
  return first === undefined ? only : `${only}, and if it came at ${cut(first)}, the others could not follow`;
}

/** The first `most` items, and how many others there are. */
function counted(items: readonly string[], most: number): readonly string[] {
  if (items.length <= most) return items;
  const others = items.length - most;
  return [...items.slice(0, most), others === 1 ? "1 other" : `${others} others`];
}

function reasonInWords(model: Model, bad: Operation, reason: Reason): string {
  switch (reason.kind) {
    case "never":
      return reason.later
        ? `but nothing ${reason.what} until later`
        : `but nothing ${reason.what} before that`;
    case "ended":
      return `but ${earlier(model, bad, reason.by, reason.saw)}, and nothing ${reason.what} in between`;
    case "taken": {
      const others = listed(
        counted(
          reason.by.map((one) => inWords(model, one)),
          mostTakers,
        ),
      );
      const supply = reason.most === 0 ? "nothing" : `at most ${count(reason.most, "operation")}`;
      return `but ${others}, too, and ${supply} ${reason.what} before that`;
    }
    case "sum":
      return reason.least === reason.most
        ? `but what was added before that allows only ${reason.least}`
        : `but what was or may have been added before that allows only ${reason.least} to ${reason.most}`;
    case "number":
      return `but ${numberInWords(model, bad, reason)}`;
    case "overtaken":
      return `but ${inWords(model, reason.by)} before anything ${reason.what}, and nothing took ${say(reason.element)} out before that`;
    case "not-empty":
      return `but ${earlier(model, bad, reason.by, false)}, and nothing took it out before that`;
  }
}

function numberInWords(model: Model, bad: Operation, reason: Extract<Reason, { kind: "number" }>): string {
  const { name, relation, by, its, given } = reason;
  // The words of a call need not tell its number.
  const at = `${name} ${its}`;
  const words = inWords(model, by);
  const who = words.endsWith(at) ? words : `${words} at ${at}`;
  switch (relation) {
    case "shared":
      return `${who}, too, and no ${name} is given twice`;
    case "other-value":
      return who;
    case "below":
      return `${who}, ${agoInWords(bad, by, !given)}, and a ${name} never falls`;
    case "not-above":
      return `${who}, ${agoInWords(bad, by, !given)}, and every new ${name} is higher`;
  }
}

const earlier = (model: Model, bad: Operation, by: Operation, saw: boolean): string =>
  `${inWords(model, by)}, ${agoInWords(bad, by, saw)}`;

/** `acknowledged 1.9 s earlier`: how long before the bad operation was called. */
function agoInWords(bad: Operation, by: Operation, saw: boolean): string {
  const ago = isUntimed(bad)
    ? count(bad.callIndex - by.returnIndex, "event")
    : span(bad.invokedAt - by.completedAt);
  return `${saw ? "answered" : "acknowledged"} ${ago} earlier`;
}
