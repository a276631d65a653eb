import type { EventRows } from "../../core/codec/rows/event-rows.ts";
import type { Call, Json } from "../../core/op.ts";
import { canonical, same } from "../canonical.ts";
import { type ForeignEvent, foreignEvent } from "./foreign-event.ts";
import type { FormatOptions, ReadHistory } from "./format.ts";
import { type Ending, HistoryBuilder } from "./history-builder.ts";
import { IndependentKeys, KeyNames, keyed } from "./keyed-values.ts";
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
import { isAbsentRead, isInvocation, isPlain } from "./register-rows.ts";
import { hasVersions, type Versioned, Versions, versioned } from "./versioned-values.ts";

/** Ways in which writers of histories differ in meaning. */
export interface Dialect {
  /** A read that returned nil counts as unanswered (Knossos' registers); otherwise it read an absent value. */
  readonly nilReadsSayNothing: boolean;
  /** Errors are words of ours, or kept as they are; `mismatch` is an observation. */
  readonly keepsErrors?: boolean;
}

/** How a history is read. */
interface Reading extends Dialect, FormatOptions {
  readonly file: string;
  readonly notes: Notes;
}

/**
 * Collects the history of operations as Jepsen and Knossos write them: a call's `value` is the argument, an answer's is the
 * result. Where an operation failed or its outcome is unknown, the answer's value may be anything.
 */
export class EventsReader {
  readonly #reading: Reading;
  readonly #builder: HistoryBuilder;
  readonly #names = new KeyNames();
  /** Events before one that shows that values are neither `[key value]` nor `[version value]`; undefined once it came. */
  #unclear: ForeignEvent[] | undefined = [];
  readonly #keys = new IndependentKeys();
  readonly #versions = new Versions();

  constructor(file: string, dialect: Dialect, options: FormatOptions = {}) {
    this.#reading = { ...dialect, ...options, file, notes: new Notes() };
    this.#builder = new HistoryBuilder(file);
  }

  add(event: ForeignEvent): void {
    if (this.#unclear === undefined) {
      this.#read(event);
      return;
    }
    this.#unclear.push(event);
    this.#keys.see(event);
    this.#versions.see(event);
    if (this.#keys.mayBe || this.#versions.mayBe) return;
    for (const each of this.#unclear) this.#read(each);
    this.#unclear = undefined;
  }

  /** Adds the event of a row; most rows need no event of their own in between. */
  addRow(rows: EventRows, row: number): void {
    if (this.#unclear !== undefined || !this.#addPlain(rows, row)) this.add(foreignEvent(rows, row));
  }

  #addPlain(rows: EventRows, row: number): boolean {
    const { nilReadsSayNothing, notes } = this.#reading;
    if (nilReadsSayNothing || !isPlain(rows, row)) return false;
    const key = this.#names.of(rows.string(rows.key[row]) as string);
    if (isInvocation(rows, row)) return this.#builder.invokeRow(rows, row, key);
    if (!this.#builder.completeRow(rows, row, key)) return false;
    if (isAbsentRead(rows, row)) notes.count("absentReads", 1);
    return true;
  }

  /** The history; nothing may be added after it. */
  end(): ReadHistory {
    const { file, notes } = this.#reading;
    if (this.#unclear !== undefined) {
      const isKeyed = this.#keys.are();
      const own = isKeyed ? keyed(this.#unclear, file) : this.#unclear;
      const isVersioned = isKeyed ? hasVersions(own) : this.#versions.are();
      if (isKeyed) notes.say("values are [key value]: the keys are independent");
      if (isVersioned) notes.say("values are [version value]: the version is a revision of the key");
      for (const event of own) this.#read(isVersioned ? versioned(event, file) : event);
    }
    return { history: this.#builder.history(), truncated: false, notes: notes.list() };
  }

  #read(event: Versioned): void {
    const { harness, notice, type } = event;
    if (harness !== undefined) this.#builder.harness(harness, event.time);
    else if (notice !== undefined) this.#builder.notice(event, notice);
    else if (type === "invoke") this.#builder.invoke(event, callOf(event, this.#names, this.#reading.file));
    else complete(this.#builder, event, this.#names, this.#reading);
  }
}

/** The history of all `events`: see `EventsReader`. */
export function historyOfEvents(
  events: readonly ForeignEvent[],
  file: string,
  dialect: Dialect,
  options: FormatOptions = {},
): ReadHistory {
  const reader = new EventsReader(file, dialect, options);
  for (const event of events) reader.add(event);
  return reader.end();
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
  if (revision === undefined) builder.complete(event, { type: "ok", value });
  else {
    const places = { revision, ...(isRead(invoked.f) && { modRevision: revision }) };
    builder.complete(event, { type: "ok", value, ...places });
  }
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
  const { f, value, line } = event;
  const key = event.key === undefined ? undefined : names.of(event.key);
  if (isRead(f) && !looksLikeMicroOperations(value)) return call(f, key, undefined);
  if (f === "cas" && !(Array.isArray(value) && value.length === 2))
    throw malformed(file, line, "a CAS' value [from to]", JSON.stringify(value));
  if (f === "txn" && Array.isArray(value) && !isChanges(value))
    return call(f, key, microOperations(value, line, file));
  if (f === "txn" && (typeof value !== "object" || value === null)) microOperations(value, line, file);
  return call(f, key, value === null && (answersSomething(f) || !event.hasValue) ? undefined : value);
}

/** One shape for all calls: a reader makes millions. */
const call = (f: string, key: string | undefined, value: Json | undefined): Call =>
  ({ f, key, value }) as Call;

/** A read's value is kept where it says what was asked, `[[:r k nil] …]`: then the history is no register's. */
const looksLikeMicroOperations = (value: Json): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((part) => Array.isArray(part) && part[0] === "r");
