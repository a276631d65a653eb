import type { History } from "../../core/history.ts";
import type { Call, Json } from "../../core/op.ts";
import { type Edn, ednToJson } from "./edn.ts";
import { type EdnEvent, ednEvents, keyName } from "./edn-events.ts";
import { HistoryBuilder } from "./history-builder.ts";
import { malformed } from "./malformed.ts";

interface Dialect {
  /** A read that answered nil says nothing (Knossos' registers); else it read an absent value. */
  readonly nilReadsSayNothing: boolean;
  /** Values may be `[key value]`, Jepsen's independent keys. */
  readonly independentKeys: boolean;
}

/** A history of operation maps in EDN, as Jepsen and Knossos write them. */
export function parseEdnHistory(text: string, file: string, dialect: Dialect): History {
  const events = ednEvents(text, file);
  const keyed = dialect.independentKeys && events.length > 0 && events.every(hasIndependentKey);
  const builder = new HistoryBuilder(file);
  for (const event of events) {
    const call = callOf(event, keyed, file);
    if (event.type === "invoke") builder.invoke(event.process, call, event.time);
    else complete(builder, event, call, dialect);
  }
  return builder.history();
}

function complete(builder: HistoryBuilder, event: EdnEvent, answered: Call, dialect: Dialect): void {
  const { process, line, time } = event;
  const invoked = builder.pending(process, line);
  if (event.type === "fail" || event.type === "info") {
    builder.complete(
      process,
      { type: event.type, error: event.type === "fail" ? "failed" : "unknown" },
      line,
      time,
    );
    return;
  }
  const result = answered.value ?? null;
  if (invoked.f === "txn" && dialect.nilReadsSayNothing) {
    const telling = (result as readonly Json[]).filter((part) => !isNilRead(part));
    builder.complete(process, { type: "ok", value: telling }, line, time, {
      ...invoked,
      value: telling.map(asked),
    });
  } else if (isRead(invoked.f) && result === null && dialect.nilReadsSayNothing) {
    builder.complete(process, { type: "info", error: "nil-read" }, line, time);
  } else {
    builder.complete(process, { type: "ok", value: result }, line, time);
  }
}

function callOf(event: EdnEvent, keyed: boolean, file: string): Call {
  const { f, line } = event;
  if (keyed) {
    const [key, value] = event.value as readonly [Edn, Edn];
    return { f, key: keyName(key), ...argument(f, value, line, file) };
  }
  return { f, ...(event.key !== undefined && { key: event.key }), ...argument(f, event.value, line, file) };
}

/** A read asks for nothing, whatever its `:value` says; its answer is told apart by the event's type. */
function argument(f: string, value: Edn, line: number, file: string): { value?: Json } {
  const json = ednToJson(value);
  if (f === "cas" && !(Array.isArray(json) && json.length === 2))
    throw malformed(file, line, "a CAS' value [from to]", JSON.stringify(json));
  if (f === "txn" && !(Array.isArray(json) && json.every(isMicroOperation))) {
    throw malformed(
      file,
      line,
      "a transaction's value [[:read :x nil] [:write :y 1] …]",
      JSON.stringify(json),
    );
  }
  return isRead(f) && json === null ? {} : { value: json };
}

const isRead = (f: string): boolean => f === "read" || f === "get";

const isMicroOperation = (part: Json): boolean =>
  Array.isArray(part) && part.length === 3 && typeof part[0] === "string";
const isNilRead = (part: Json): boolean => Array.isArray(part) && isMicroRead(part) && part[2] === null;
const isMicroRead = (part: readonly Json[]): boolean => part[0] === "read" || part[0] === "r";
const asked = (part: Json): Json =>
  Array.isArray(part) && isMicroRead(part) ? [part[0] ?? null, part[1] ?? null, null] : part;

/** Whether the value is `[key value]`; a CAS' value is a pair itself, so there the second part must be one. */
function hasIndependentKey({ f, value }: EdnEvent): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  return f !== "cas" || (Array.isArray(value[1]) && value[1].length === 2);
}
