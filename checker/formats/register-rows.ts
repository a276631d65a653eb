/**
 * The operations of a register in lines that the scanner knows, which is what long histories consist of. They mean the same as
 * any other event (history-of-events.ts), and take a quarter of the time: nothing but the history's own event is made for a line.
 */
import { type EventRows, rowTypes, valueKind } from "../../core/codec/rows/event-rows.ts";
import type { Call, Json } from "../../core/op.ts";

const invoke = rowTypes.indexOf("invoke");
const ok = rowTypes.indexOf("ok");

/** Whether the row is an invocation, or an answer, of a register's operation with a key and a plain value. */
export function isPlain(rows: EventRows, row: number): boolean {
  const type = rows.type[row];
  if ((type !== invoke && type !== ok) || rows.key[row] === -1) return false;
  const f = rows.string(rows.f[row]);
  const isPair = rows.valueKind[row] === valueKind.pair;
  return f === "read" || (f === "write" && !isPair) || (f === "cas" && isPair);
}

/** What a plain invocation asks for: a read asks for nothing, even if it has a value. */
export const askedValue = (rows: EventRows, row: number): Json | undefined =>
  rows.string(rows.f[row]) === "read" ? undefined : rows.valueOf(row);

/**
 * The value of a plain answer to `call`: what a read returned, null where it says nothing; undefined where a write or a CAS is answered
 * with another value than its own.
 */
export function answeredValue(rows: EventRows, row: number, call: Call): Json | undefined {
  const value = rows.valueOf(row) ?? null;
  if (call.f === "read" || value === null || value === call.value) return value;
  if (!Array.isArray(value) || !Array.isArray(call.value)) return undefined;
  const [from, to] = call.value as readonly Json[];
  return value[0] === from && value[1] === to ? call.value : undefined;
}

/** Whether a plain answer says that a read found nothing. */
export const isAbsentRead = (rows: EventRows, row: number): boolean =>
  rows.type[row] === ok && rows.string(rows.f[row]) === "read" && (rows.valueOf(row) ?? null) === null;

export const isInvocation = (rows: EventRows, row: number): boolean => rows.type[row] === invoke;
