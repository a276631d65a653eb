import type { History } from "../../core/history.ts";
import type { Call, Json } from "../../core/op.ts";
import { type Edn, ednToJson, Keyword } from "./edn.ts";
import { type EdnEvent, keyName } from "./edn-events.ts";
import { type Ending, HistoryBuilder } from "./history-builder.ts";
import { malformed } from "./malformed.ts";
import { ownErrorCode } from "./own-error.ts";

/** What the writers of histories mean differently. */
interface Dialect {
  /** A read that answered nil says nothing (Knossos' registers); else it read an absent value. */
  readonly nilReadsSayNothing: boolean;
  /**
   * What an early Jepsen logged: a CAS that failed, without an error, compared and found another value; a failure that is
   * `:timed-out` is unknown. Else what failed had no effect, and no more is known.
   */
  readonly isLog: boolean;
}

/**
 * The history of operations as Jepsen and Knossos write them. Values may be `[key value]`, Jepsen's independent keys.
 * What an answer holds beside the value of a read is not looked at: where an operation failed or its outcome is unknown,
 * `:value` may be anything.
 */
export function historyOfEvents(events: readonly EdnEvent[], file: string, dialect: Dialect): History {
  const isKeyed = hasIndependentKeys(events);
  const builder = new HistoryBuilder(file);
  for (const event of events) {
    const own = isKeyed ? withoutKey(event) : event;
    if (own.type === "invoke") builder.invoke(own.process, callOf(own, file), own.line, own.time);
    else complete(builder, own, { file, dialect });
  }
  return builder.history();
}

function complete(
  builder: HistoryBuilder,
  event: EdnEvent,
  { file, dialect }: { file: string; dialect: Dialect },
): void {
  const { process, line, time, type } = event;
  const value = ednToJson(event.value);
  // What is told of a process that waits for nothing is no outcome: Jepsen's own pairing passes over it, too.
  if (type === "info" && !builder.isPending(process)) return;
  const invoked = builder.pending(process, line);
  if (event.f !== invoked.f)
    throw malformed(file, line, `the answer of process ${process} to its ${invoked.f}`, event.f);
  if (type !== "ok") {
    builder.complete(process, failure(event, invoked, dialect), line, time);
  } else if (invoked.f === "txn") {
    const parts = microOperations(value, line, file);
    const telling = dialect.nilReadsSayNothing ? parts.filter((part) => !isNilRead(part)) : parts;
    const call = { ...invoked, value: telling.map(asked) };
    builder.complete(process, { type: "ok", value: telling }, line, time, call);
  } else if (isRead(invoked.f) && value === null && dialect.nilReadsSayNothing) {
    builder.complete(process, { type: "info", error: "nil-read" }, line, time);
  } else {
    builder.complete(process, { type: "ok", value }, line, time);
  }
}

function failure({ type, value, error }: EdnEvent, invoked: Call, dialect: Dialect): Ending {
  const own = ownErrorCode(
    error instanceof Keyword ? error.name : typeof error === "string" ? error : undefined,
  );
  if (own !== undefined) return { type: type === "info" ? "info" : "fail", error: own };
  const isLate = isTimeout(value) || isTimeout(error);
  if (type === "info" || (isLate && dialect.isLog))
    return { type: "info", error: isLate ? "timeout" : "unknown" };
  const isObservation = dialect.isLog && invoked.f === "cas" && error === null;
  return { type: "fail", error: isObservation ? "mismatch" : "failed" };
}

const isTimeout = (value: Edn): boolean =>
  value instanceof Keyword && /^(timed-out|timeout)$/.test(value.name);

/** What was asked for. A read asks for nothing, whatever its `:value` says. */
function callOf({ f, key, value: edn, line }: EdnEvent, file: string): Call {
  const value = ednToJson(edn);
  const about = { f, ...(key !== undefined && { key }) };
  if (isRead(f)) return about;
  if (f === "cas" && !(Array.isArray(value) && value.length === 2))
    throw malformed(file, line, "a CAS' value [from to]", JSON.stringify(value));
  return { ...about, value: f === "txn" ? microOperations(value, line, file) : value };
}

const isRead = (f: string): boolean => f === "read" || f === "get";

function microOperations(value: Json, line: number, file: string): readonly Json[] {
  if (Array.isArray(value) && value.every(isMicroOperation)) return value;
  const expected = "a transaction's value [[:read :x nil] [:write :y 1] …]";
  throw malformed(file, line, expected, JSON.stringify(value));
}

const isMicroOperation = (part: Json): boolean =>
  Array.isArray(part) && part.length === 3 && typeof part[0] === "string";
const isNilRead = (part: Json): boolean => Array.isArray(part) && isMicroRead(part) && part[2] === null;
const isMicroRead = (part: readonly Json[]): boolean => part[0] === "read" || part[0] === "r";
const asked = (part: Json): Json =>
  Array.isArray(part) && isMicroRead(part) ? [part[0] ?? null, part[1] ?? null, null] : part;

/** Whether all that was asked for is asked of `[key value]`. Answers may tell anything in place of it. */
function hasIndependentKeys(events: readonly EdnEvent[]): boolean {
  const asked = events.filter(({ type }) => type === "invoke");
  return (
    asked.length > 0 && asked.every(({ f, value }) => isPair(value) && mayBeKeyed(f, value[0], value[1]))
  );
}

/** The value of a CAS is a pair itself, and that of a transaction may be: there, the second part must be one. */
function mayBeKeyed(f: string, key: Edn, value: Edn): boolean {
  if (f === "cas") return isPair(value);
  if (f === "txn") return !Array.isArray(key) && Array.isArray(value) && value.every(Array.isArray);
  return !isRead(f) || value === null || !Array.isArray(key);
}

function withoutKey(event: EdnEvent): EdnEvent {
  const { value } = event;
  return isPair(value) ? { ...event, key: keyName(value[0]), value: value[1] } : event;
}

const isPair = (value: Edn): value is readonly [Edn, Edn] => Array.isArray(value) && value.length === 2;
