import { exactTimes } from "../../core/codec/exact-json.ts";
import type { ClientEvent } from "../../core/history.ts";
import type { Json } from "../../core/op.ts";
import { nanos } from "../../core/time.ts";
import { canonical, same } from "../canonical.ts";
import type { ReadHistory } from "./format.ts";
import { KeyNames } from "./keyed-values.ts";
import { malformed } from "./malformed.ts";
import { answersOf, isTransaction, microOperations } from "./micro-operations.ts";
import { Notes } from "./notes.ts";
import { answersSomething, isRead } from "./operations.ts";
import { ProcessNumbers } from "./process-numbers.ts";

/** An operation with its call and its return, as written in a foreign history. Absent members were not written. */
export interface ForeignOperation {
  readonly line: number;
  readonly process?: number | string;
  readonly f: string;
  readonly key?: Json;
  readonly value?: Json;
  readonly result?: Json;
  readonly type: "ok" | "fail" | "info";
  readonly error?: string;
  readonly revision?: number;
  /** In any unit; a string where a number would not be exact. */
  readonly call: number | string;
  readonly return?: number | string;
}

/** The place of an operation among the others, and its process. */
interface Placed {
  readonly op: ForeignOperation;
  readonly process: number;
  readonly call: Instant;
  /** Absent: it never returned. */
  readonly end: Instant | undefined;
}

/** `rank` distinguishes any two times; `time` is for people. */
interface Instant {
  readonly rank: number;
  readonly time: number;
}

/**
 * The history of operations with call and return times, in any order. Intervals are closed: an operation that returns when
 * another is called is concurrent with it.
 */
export function historyOfOperations(operations: readonly ForeignOperation[], file: string): ReadHistory {
  const notes = new Notes();
  for (const op of operations) assertAnswers(op, file, notes);
  const names = new KeyNames();
  const events = placed(operations, file).flatMap((each) => toEvents(each, names, notes));
  // At the same time, calls come before returns.
  events.sort(
    (a, b) => a.rank - b.rank || Number(a.event.type !== "invoke") - Number(b.event.type !== "invoke"),
  );
  return {
    history: events.map(({ event }, index) => ({ ...event, index })),
    truncated: false,
    notes: notes.list(),
  };
}

/** Throws a UsageError where the answer does not fit the call: it has another name, or belongs to another call. */
function assertAnswers(op: ForeignOperation, file: string, notes: Notes): void {
  const { line, f, value, result, type } = op;
  if (type !== "ok") return;
  if (isRead(f)) {
    if (value !== undefined && value !== null && !same(value, result))
      throw malformed(file, line, `what the ${f} answered under "result"`, `"value": ${canonical(value)}`);
    if (result === undefined) notes.count("noResults", 1);
  } else if (isTransaction({ f, value: value ?? null })) {
    microOperations(value ?? null, line, file);
    answersOf({ f, value: value ?? null }, result ?? null, line, file);
  } else if (!answersSomething(f) && !isAcknowledgement(result) && !same(result, value)) {
    const expected = `the answer to a ${f} of ${canonical(value)}`;
    throw malformed(file, line, expected, `"result": ${canonical(result)}`);
  }
}

const isAcknowledgement = (result: Json | undefined): boolean =>
  result === undefined || result === null || result === true || /^ok$/i.test(String(result));

/** Each operation with its place; one that overlaps another of its process, or names none, gets a process of its own. */
function placed(operations: readonly ForeignOperation[], file: string): Placed[] {
  const instants = instantsOf(
    operations.flatMap(({ call, return: end }) => (end === undefined ? [call] : [call, end])),
  );
  let next = 0;
  const timed = operations.map((op) => {
    const call = instants[next++] as Instant;
    const end = op.return === undefined ? undefined : (instants[next++] as Instant);
    if (end !== undefined && end.rank < call.rank)
      throw malformed(file, op.line, "a return that is not before the call", `${op.return} after ${op.call}`);
    return { op, call, end: op.type === "fail" ? (end ?? call) : end };
  });
  const numbers = new ProcessNumbers();
  for (const { op } of timed) if (op.process !== undefined) numbers.of(op.process);
  const ends = new Map<number, number>();
  const isFree = new Map<ForeignOperation, boolean>();
  for (const { op, call, end } of [...timed].sort((a, b) => a.call.rank - b.call.rank)) {
    if (op.process === undefined) continue;
    const own = numbers.of(op.process);
    const free = call.rank > (ends.get(own) ?? Number.NEGATIVE_INFINITY);
    if (free) ends.set(own, end?.rank ?? Number.POSITIVE_INFINITY);
    isFree.set(op, free);
  }
  return timed.map((each) => {
    const { process } = each.op;
    const isOwn = process !== undefined && isFree.get(each.op) === true;
    return { ...each, process: isOwn ? numbers.of(process) : numbers.spare() };
  });
}

function instantsOf(written: readonly (number | string)[]): Instant[] {
  const { times, order } = exactTimes(written);
  if (order === undefined) return times.map((time) => ({ rank: time, time }));
  const sorted = [...new Set(order)].sort((a, b) => (a < b ? -1 : 1));
  const ranks = new Map(sorted.map((time, rank) => [time, rank]));
  return order.map((time, i) => ({ rank: ranks.get(time) as number, time: times[i] as number }));
}

interface RankedEvent {
  readonly rank: number;
  readonly event: ClientEvent;
}

function toEvents({ op, process, call, end }: Placed, names: KeyNames, notes: Notes): RankedEvent[] {
  const { f, key, value, result, type, error, revision } = op;
  const about = { index: 0, process, f, ...(key !== undefined && { key: names.of(key) }) };
  const asked = isRead(f) ? undefined : value;
  const invoke: ClientEvent = {
    ...about,
    type: "invoke",
    time: nanos(call.time),
    ...(asked !== undefined && { value: asked }),
  };
  const called = { rank: call.rank, event: invoke };
  if (end === undefined) {
    notes.count("unanswered", 1);
    return [called];
  }
  const ending = { ...about, type, time: nanos(end.time) };
  const argument = asked !== undefined && { value: asked };
  if (type !== "ok")
    return [called, { rank: end.rank, event: { ...ending, ...argument, error: error ?? "unknown" } }];
  const answer = { value: result ?? null, ...(revision !== undefined && { revision }) };
  return [called, { rank: end.rank, event: { ...ending, ...answer } }];
}
