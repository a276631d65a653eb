import type { Json } from "../core/op.ts";
import { type Nanos, toSeconds } from "../core/time.ts";

/** The words that all checkers' sentences share. Every one is bounded in length, however large a value is. */

/** A value of more characters than this is cut in its middle: of appended strings the ends tell most. */
const longestValue = 60;

/** A value in JSON; `nothing` of none. */
export const say = (value: Json | undefined): string =>
  value === undefined ? "nothing" : cut(JSON.stringify(value));

/** A text that is no longer than a sentence bears. */
export function cut(text: string, longest = longestValue): string {
  if (text.length <= longest) return text;
  const half = longest >> 1;
  return `${text.slice(0, half)}…${text.slice(-half)}`;
}

/** The time of an event in a run, as reports show it. */
export const atTime = (time: Nanos): string => `${toSeconds(time).toFixed(3)} s`;

/** A length of time, with the unit that suits it. */
export function span(nanos: number): string {
  if (nanos >= 1e9) return `${(nanos / 1e9).toFixed(1)} s`;
  if (nanos >= 1e7) return `${(nanos / 1e6).toFixed(0)} ms`;
  return nanos >= 1e5 ? `${(nanos / 1e6).toFixed(1)} ms` : `${(nanos / 1e3).toFixed(0)} µs`;
}

/** `1 version`, `3 versions` */
export const count = (number: number, thing: string): string =>
  `${number} ${thing}${number === 1 ? "" : "s"}`;

/** `1`, `1 and 2`, `1, 2 and 3` */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
