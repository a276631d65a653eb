import type { ReadResult } from "../../adapters/client/kv.ts";
import type { Json, Result } from "../../core/op.ts";

/** Numbers travel as their decimal digits. */
export const encode = (value: Json): string => String(value);

/** Parses a value; one that no writer of ours makes is kept as it came, for the checker to report. */
export function decode(text: Json | undefined): Json {
  if (typeof text !== "string") return text ?? null;
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

/** The values of a state below a prefix. Names of keys are left as they are. */
export function decodeState(state: Json): Json {
  if (typeof state !== "object" || state === null || Array.isArray(state)) return decode(state);
  return Object.fromEntries(Object.entries(state).map(([key, value]) => [key, decode(value)]));
}

/** What a read found, as its event records it. */
export const readResult = ({ value, revision, modRevision }: ReadResult): Result => ({
  value: decode(value),
  ...(revision !== undefined && { revision }),
  ...(modRevision !== undefined && { modRevision }),
});
