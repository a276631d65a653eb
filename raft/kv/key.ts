import type { Bytes, KeyRange } from "./request.ts";

/**
 * A key as a string with one character a byte. Strings of this kind order as their bytes do, and the engine compares
 * and hashes them far faster than arrays of bytes.
 */
export type KeyString = string;

/** Above every KeyString: no byte is 256. */
const aboveAll: KeyString = "\u0100";

/** More arguments than this overflow the stack in some engines. */
const chunkLength = 4096;

export function keyString(key: Bytes): KeyString {
  if (key.length <= chunkLength) return Reflect.apply(String.fromCharCode, null, key);
  let text = "";
  for (let i = 0; i < key.length; i += chunkLength) text += keyString(key.subarray(i, i + chunkLength));
  return text;
}

/** The keys k with low <= k < high. */
export interface KeyInterval {
  readonly low: KeyString;
  readonly high: KeyString;
}

/** The keys that a request means; an `end` without bytes is none, as on the wire. */
export function keyInterval(range: KeyRange): KeyInterval {
  const low = keyString(range.key);
  const { end } = range;
  // No key lies between k and k followed by a zero byte.
  if (end === undefined || end.length === 0) return { low, high: `${low}\0` };
  return { low, high: end.length === 1 && end[0] === 0 ? aboveAll : keyString(end) };
}

export const isSingleKey = (range: KeyRange): boolean => range.end === undefined || range.end.length === 0;

export function compareBytes(a: Bytes, b: Bytes): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
