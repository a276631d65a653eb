import type { Call, Json } from "../../core/op.ts";
import { canonical, same } from "../canonical.ts";
import { malformed } from "./malformed.ts";

/** Whether a call is a transaction of micro-operations `[f key value]`, and not one of a store with comparisons, or of changes. */
export const isTransaction = ({ f, value }: Call): boolean =>
  f === "txn" && Array.isArray(value) && !isChanges(value);

/** Whether a transaction's value is a list of changes: `{"f": "write", "key", "value"}` or `{"f": "delete", "key"}`. */
export const isChanges = (value: Json): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every(
    (part) =>
      typeof part === "object" && part !== null && !Array.isArray(part) && "f" in part && "key" in part,
  );

/** The micro-operations of a transaction; throws where the value is not one. */
export function microOperations(value: Json, line: number, file: string): readonly Json[] {
  if (Array.isArray(value) && value.every(isMicroOperation)) return value;
  const expected = "a transaction's value [[:read :x nil] [:write :y 1] …]";
  throw malformed(file, line, expected, JSON.stringify(value));
}

/** The micro-operations of an answer: those of the call, with the values of reads filled in. */
export function answersOf(call: Call, answer: Json, line: number, file: string): readonly Json[] {
  const asked = call.value as readonly Json[];
  const parts = microOperations(answer, line, file);
  const differing =
    parts.length === asked.length ? parts.findIndex((part, i) => !answers(part, asked[i] as Json)) : 0;
  if (differing < 0) return parts;
  const expected = `an answer to ${canonical(asked[differing] ?? call.value ?? null)}`;
  throw malformed(file, line, expected, canonical(parts[differing] ?? answer));
}

function answers(part: Json, asked: Json): boolean {
  const [f, key, value] = part as readonly Json[];
  const [askedF, askedKey, askedValue] = asked as readonly Json[];
  if (!same(f, askedF) || !same(key, askedKey)) return false;
  return isMicroRead(part) || same(value, askedValue);
}

const isMicroOperation = (part: Json): boolean =>
  Array.isArray(part) && part.length === 3 && typeof part[0] === "string";
const isMicroRead = (part: Json): boolean => Array.isArray(part) && (part[0] === "read" || part[0] === "r");
export const isNilRead = (part: Json): boolean => isMicroRead(part) && (part as readonly Json[])[2] === null;

/** A micro-operation without the answer of a read. */
export const asked = (part: Json): Json =>
  Array.isArray(part) && isMicroRead(part) ? [part[0] ?? null, part[1] ?? null, null] : part;
