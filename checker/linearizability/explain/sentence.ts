/** The sentence that explains a violation: the operation, and the reason why it is impossible. */
import type { Operation } from "../../../core/op.ts";
import { atTime, count, cutMiddle, duration, listed, showValue } from "../../../core/wording.ts";
import type { Model } from "../../model.ts";
import { isUntimed } from "../../untimed.ts";
import { describeCall } from "./describe-call.ts";
import type { Reached } from "./reached-states.ts";
import type { Reason } from "./reason.ts";

/** States are named if there are at most this many. */
const mostNamed = 5;
/** At most this many operations are named; the others are counted. */
const mostTakers = 3;

/**
 * Why `bad` cannot be placed, in one sentence: the reason, or where none is simple, the states that all operations before
 * it can have left, where these are known.
 */
export function sentence(model: Model, bad: Operation, reason: Reason | undefined, past?: Reached): string {
  const when = isUntimed(bad) ? `event ${bad.callIndex}` : atTime(bad.invokedAt);
  const why = reason === undefined ? stateReason(past) : reasonInWords(model, bad, reason);
  return `${inWords(model, bad)}${bad.node === undefined ? "" : ` on ${bad.node}`} at ${when}, ${why}`;
}

/** `process 7 read 41 from k3` */
const inWords = (model: Model, { process, call, outcome }: Operation): string =>
  `process ${process} ${describeCall(model, call, outcome)}`;

/** Names all states, including those that allow the operation but not what others did. */
function stateReason(past: Reached | undefined): string {
  const names = past === undefined ? [] : [...past.states.map(({ state }) => state), ...past.allowing];
  if (past?.isComplete !== true || names.length === 0 || names.length > mostNamed)
    return "and no order of the operations before it allows that";
  const all = listed(names.map((name) => cutMiddle(name)));
  const only = `but what came before can have left only the ${names.length === 1 ? "state" : "states"} ${all}`;
  const [first] = past.allowing;
  return first === undefined
    ? only
    : `${only}, and if it came at ${cutMiddle(first)}, the others could not follow`;
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
      return `but ${inWords(model, reason.by)} before anything ${reason.what}, and nothing took ${showValue(reason.element)} out before that`;
    case "not-empty":
      return `but ${earlier(model, bad, reason.by, false)}, and nothing took it out before that`;
  }
}

function numberInWords(model: Model, bad: Operation, reason: Extract<Reason, { kind: "number" }>): string {
  const { name, relation, by, its, given } = reason;
  // The description of a call may lack its number.
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
    : duration(bad.invokedAt - by.completedAt);
  return `${saw ? "answered" : "acknowledged"} ${ago} earlier`;
}
