import type { ReachedState } from "../../core/evidence.ts";
import type { Json, Operation } from "../../core/op.ts";
import { same } from "../canonical.ts";
import type { OperationList } from "../operation-list.ts";
import { atTime, count, cut, say, span } from "../phrases.ts";
import { isUntimed } from "../untimed.ts";

/** More states than this are counted, not named. */
const mostNamed = 5;

/** What a process did, in the past tense: `read 41 from k3 on n2`. */
function describeOperation({ call, outcome, node }: Operation): string {
  const where = (word: string) =>
    `${call.key === undefined || call.key === "" ? "" : ` ${word} ${cut(call.key)}`}${node === undefined ? "" : ` on ${node}`}`;
  switch (call.f) {
    case "read":
    case "get":
      return `read ${say(outcome.type === "ok" ? (outcome.output.value ?? null) : undefined)}${where("from")}`;
    case "append":
      return `appended ${say(call.value)}${where("to")}`;
    case "put":
    case "write":
      return `wrote ${say(call.value)}${where("to")}`;
    case "cas": {
      const [from, to] = Array.isArray(call.value) ? (call.value as readonly Json[]) : [];
      if (outcome.type === "fail") return `was told that the value was not ${say(from)}${where("in")}`;
      return `replaced ${say(from)} by ${say(to)}${where("in")}`;
    }
    default: {
      const argument = call.value === undefined ? "" : ` ${say(call.value)}`;
      const answer =
        outcome.type === "ok" && outcome.output.value !== undefined
          ? ` and got ${say(outcome.output.value)}`
          : "";
      const refused = outcome.type === "fail" ? " and was refused" : "";
      return `did ${call.f}${argument}${where("of")}${answer}${refused}`;
    }
  }
}

/** When the value that the culprit saw was set, in the whole history: what is not shown counts as well. */
export interface ValueHistory {
  /** Something that was called before the culprit returned set it, or it is the initial value. */
  readonly wasSet: boolean;
  /** Something that was called later set it. */
  readonly isSetLater: boolean;
  /** When the last that set it before had returned: an index; -1 where the value is the initial one. */
  readonly lastReturn: number;
}

/** Undefined where the operation is none of a register that saw a value. */
export function valueHistory(list: OperationList, init: unknown, bad: Operation): ValueHistory | undefined {
  const value = seen(bad);
  if (value === undefined) return undefined;
  let wasSet = same(init as Json, value);
  let isSetLater = false;
  let lastReturn = -1;
  for (let i = 0; i < list.length; i++) {
    const set = written({ call: list.call(i), outcome: list.outcome(i) });
    if (set === undefined || !same(set, value) || list.callIndex(i) === bad.callIndex) continue;
    if (list.callIndex(i) > bad.returnIndex) {
      isSetLater = true;
      break;
    }
    wasSet = true;
    lastReturn = Math.max(lastReturn, list.returnIndex(i));
  }
  return { wasSet, isSetLater, lastReturn };
}

/** Why the culprit cannot be placed, in one sentence. */
export function sentence(
  operations: readonly Operation[],
  culprit: number,
  states: readonly ReachedState[],
  history: ValueHistory | undefined,
): string {
  const bad = operations[culprit] as Operation;
  const when = isUntimed(bad) ? `event ${bad.callIndex}` : atTime(bad.invokedAt);
  const what = `process ${bad.process} ${describeOperation(bad)} at ${when}`;
  return `${what}, ${(history && valueReason(operations, bad, history)) ?? stateReason(states)}`;
}

/** The states are those of the operations that are shown: in the whole history, others may have followed. */
function stateReason(states: readonly ReachedState[]): string {
  const possible = states.slice(0, mostNamed).map(({ state }) => cut(state));
  const more = states.length - possible.length;
  if (possible.length === 0) return "and no order of what came before allows that";
  const only = "but the operations that bear on it leave only";
  if (possible.length === 1) return `${only} the state ${possible[0]}`;
  if (more > 0) return `${only} the states ${possible.join(", ")} and ${more} others`;
  return `${only} the states ${possible.slice(0, -1).join(", ")} and ${possible.at(-1)}`;
}

/** Why a register cannot have held the value that the culprit saw; undefined where that is not simple to say. */
function valueReason(
  operations: readonly Operation[],
  bad: Operation,
  { wasSet, isSetLater, lastReturn }: ValueHistory,
): string | undefined {
  const value = seen(bad) ?? null;
  if (!wasSet)
    return isSetLater ? `but ${say(value)} was written only later` : `but nothing had written ${say(value)}`;
  const overwriters = operations.filter(
    (one) =>
      one.outcome.type === "ok" &&
      written(one) !== undefined &&
      !same(written(one), value) &&
      one.callIndex > lastReturn &&
      one.returnIndex < bad.callIndex,
  );
  const witnesses = operations.filter(
    (one) =>
      one !== bad &&
      seen(one) !== undefined &&
      !same(seen(one), value) &&
      one.callIndex > lastReturn &&
      one.returnIndex < bad.callIndex,
  );
  const first = firstAnswered(overwriters) ?? firstAnswered(witnesses);
  if (first === undefined) return undefined;
  const earlier = isUntimed(bad)
    ? `${count(bad.callIndex - first.returnIndex, "event")} earlier`
    : `${span(bad.invokedAt - first.completedAt)} earlier`;
  const again = value === null ? "nothing removed the key" : `nothing wrote ${say(value)} again`;
  return written(first) === undefined
    ? `but process ${first.process} had read ${say(seen(first))} ${earlier} and ${again}`
    : `but the ${nameOfWrite(first)} by process ${first.process} had been acknowledged ${earlier} and ${again}`;
}

const firstAnswered = (operations: readonly Operation[]): Operation | undefined =>
  operations.toSorted((a, b) => a.returnIndex - b.returnIndex)[0];

/** `write of 57`, `cas from 41 to 57` */
function nameOfWrite({ call, outcome }: Operation): string {
  const from = seen({ call, outcome });
  const to = say(written({ call, outcome }));
  return from === undefined ? `${call.f} of ${to}` : `${call.f} from ${say(from)} to ${to}`;
}

/** The value that a register's operation found; undefined where it tells none. */
function seen({ call, outcome }: Pick<Operation, "call" | "outcome">): Json | undefined {
  if (outcome.type !== "ok") return undefined;
  if (call.f === "read") return outcome.output.value ?? null;
  return call.f === "cas" && Array.isArray(call.value) ? (call.value[0] as Json) : undefined;
}

/** The value that a register's operation put there, or may have; undefined where it puts none. */
function written({ call, outcome }: Pick<Operation, "call" | "outcome">): Json | undefined {
  if (outcome.type === "fail") return undefined;
  if (call.f === "write") return call.value ?? null;
  return call.f === "cas" && Array.isArray(call.value) ? (call.value[1] as Json) : undefined;
}
