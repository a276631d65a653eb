import type { Call, Json } from "../../core/op.ts";
import { canonical, same } from "../canonical.ts";
import type { ForeignEvent } from "./foreign-event.ts";
import type { FormatOptions, ReadHistory } from "./format.ts";
import { type Ending, HistoryBuilder } from "./history-builder.ts";
import { hasIndependentKeys, KeyNames, keyed } from "./keyed-values.ts";
import { malformed } from "./malformed.ts";
import {
  answersOf,
  asked,
  isChanges,
  isNilRead,
  isTransaction,
  microOperations,
} from "./micro-operations.ts";
import { Notes } from "./notes.ts";
import { answersSomething, isRead } from "./operations.ts";
import { ownErrorCode } from "./own-error.ts";
import { hasVersions, type Versioned, versioned } from "./versioned-values.ts";

/** Ways in which writers of histories differ in meaning. */
export interface Dialect {
  /** A read that returned nil counts as unanswered (Knossos' registers); otherwise it read an absent value. */
  readonly nilReadsSayNothing: boolean;
  /** Errors are words of ours, or kept as they are; `mismatch` is an observation. */
  readonly keepsErrors?: boolean;
}

/** Decisions for a history as a whole, since a single event could be read in several ways. */
interface Reading extends Dialect, FormatOptions {
  readonly file: string;
  /** Values are `[key value]`: Jepsen's independent keys. */
  readonly isKeyed: boolean;
  /** Values are `[version value]`: jepsen-io/etcd's register. */
  readonly isVersioned: boolean;
  readonly notes: Notes;
}

/**
 * The history of operations as Jepsen and Knossos write them: a call's `value` is the argument, an answer's is the
 * result. Where an operation failed or its outcome is unknown, the answer's value may be anything.
 */
export function historyOfEvents(
  events: readonly ForeignEvent[],
  file: string,
  dialect: Dialect,
  options: FormatOptions = {},
): ReadHistory {
  const notes = new Notes();
  const isKeyed = hasIndependentKeys(events);
  const names = new KeyNames();
  const own = isKeyed ? keyed(events, file) : events;
  const isVersioned = hasVersions(own);
  const reading = { ...dialect, ...options, file, isKeyed, isVersioned, notes };
  if (isKeyed) notes.say("values are [key value]: the keys are independent");
  if (isVersioned) notes.say("values are [version value]: the version is a revision of the key");
  const builder = new HistoryBuilder(file);
  for (const event of own) {
    const read = isVersioned ? versioned(event, file) : event;
    if (read.harness !== undefined) builder.harness(read.harness, read.time);
    else if (read.notice !== undefined) builder.notice(read, read.notice);
    else if (read.type === "invoke") builder.invoke(read, callOf(read, names, file));
    else complete(builder, read, names, reading);
  }
  return { history: builder.history(), truncated: false, notes: notes.list() };
}

function complete(builder: HistoryBuilder, event: Versioned, names: KeyNames, reading: Reading): void {
  const { type, f } = event;
  // An answer to a process that waits for nothing is not an outcome: Jepsen's own pairing skips it, too.
  if (type === "info" && !builder.isPending(event.process)) return;
  const invoked = builder.pending(event);
  if (f !== invoked.f)
    throw malformed(
      reading.file,
      event.line,
      `the answer of process ${event.process} to its ${invoked.f}`,
      f,
    );
  if (type === "fail" || type === "info") builder.complete(event, failure(event, type, reading));
  else {
    assertSameKey(event, invoked, names, reading.file);
    if (isTransaction(invoked)) completeTransaction(builder, event, invoked, reading);
    else completeOne(builder, event, invoked, reading);
  }
}

function assertSameKey(event: ForeignEvent, invoked: Call, names: KeyNames, file: string): void {
  if (event.key === undefined || names.of(event.key) === invoked.key) return;
  const ofKey = invoked.key === undefined ? "without a key" : `of key ${invoked.key}`;
  const expected = `the answer of process ${event.process} to its ${invoked.f} ${ofKey}`;
  throw malformed(file, event.line, expected, `an answer of key ${names.of(event.key)}`);
}

function completeTransaction(
  builder: HistoryBuilder,
  event: Versioned,
  invoked: Call,
  reading: Reading,
): void {
  const parts = answersOf(invoked, event.value, event.line, reading.file);
  const meaningful = reading.nilReadsSayNothing ? parts.filter((part) => !isNilRead(part)) : parts;
  reading.notes.count("nilReads", parts.length - meaningful.length);
  builder.complete(event, { type: "ok", value: meaningful }, { ...invoked, value: meaningful.map(asked) });
}

function completeOne(builder: HistoryBuilder, event: Versioned, invoked: Call, reading: Reading): void {
  const { value, revision } = event;
  if (isRead(invoked.f) && value === null) {
    reading.notes.count(reading.nilReadsSayNothing ? "nilReads" : "absentReads", 1);
    if (reading.nilReadsSayNothing) {
      builder.complete(event, { type: "info", error: "nil-read" });
      return;
    }
  }
  assertAnswers(event, invoked, reading.file);
  const places = revision !== undefined && { revision, ...(isRead(invoked.f) && { modRevision: revision }) };
  builder.complete(event, { type: "ok", value, ...places });
}

/** An operation without a result (a write) must not be answered with a value other than its argument. */
function assertAnswers(
  { process, line, value }: ForeignEvent,
  { f, value: argument }: Call,
  file: string,
): void {
  if (value === null || answersSomething(f) || same(value, argument)) return;
  const expected = `the answer of process ${process} to its ${f} of ${canonical(argument ?? null)}`;
  throw malformed(file, line, expected, `${f} of ${canonical(value)}`);
}

function failure(event: ForeignEvent, type: "fail" | "info", reading: Reading): Ending {
  const { fail, notes, keepsErrors } = reading;
  const { f, value, error } = event;
  const own = ownErrorCode(error);
  if (own !== undefined) {
    if (type === "fail" && f === "cas") notes.count(own === "mismatch" ? "comparisons" : "failedCas", 1);
    return { type, error: own };
  }
  if (keepsErrors === true && typeof error === "string" && (type === "info" || f !== "cas"))
    return { type, error };
  const observes = event.observes === true || (keepsErrors === true && error === "mismatch");
  const isLate = isTimeout(value) || isTimeout(error);
  if (type === "info" || (isLate && observes)) return { type: "info", error: isLate ? "timeout" : "unknown" };
  if (f !== "cas") return { type: "fail", error: "failed" };
  const meansComparison = fail === undefined ? observes : fail === "comparison";
  const isObservation = meansComparison && (error === null || isComparison(error));
  notes.count(isObservation ? "comparisons" : "failedCas", 1);
  const kept = keepsErrors === true && typeof error === "string" && error !== "mismatch" ? error : "failed";
  return { type: "fail", error: isObservation ? "mismatch" : kept };
}

const isTimeout = (value: Json): boolean => value === "timed-out" || value === "timeout";

/** Words of errors that say that a comparison failed, such as jepsen-io/etcd's `:did-not-succeed`. */
const isComparison = (error: Json): boolean =>
  /did-not-(succeed|match)|mismatch|compar|precondition|cas-failed|not-equal/.test(canonical(error));

/** The argument of a call. A read has none, even if it has a `:value`. */
function callOf(event: ForeignEvent, names: KeyNames, file: string): Call {
  const { f, key, value, line } = event;
  const about = { f, ...(key !== undefined && { key: names.of(key) }) };
  if (isRead(f) && !looksLikeMicroOperations(value)) return about;
  if (f === "cas" && !(Array.isArray(value) && value.length === 2))
    throw malformed(file, line, "a CAS' value [from to]", JSON.stringify(value));
  if (f === "txn" && Array.isArray(value) && !isChanges(value))
    return { ...about, value: microOperations(value, line, file) };
  if (f === "txn" && (typeof value !== "object" || value === null)) microOperations(value, line, file);
  return value === null && (answersSomething(f) || !event.hasValue) ? about : { ...about, value };
}

/** A read's value is kept where it says what was asked, `[[:r k nil] …]`: then the history is no register's. */
const looksLikeMicroOperations = (value: Json): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((part) => Array.isArray(part) && part[0] === "r");
