/** The pieces that sentences share: counts, lists, values and times. Each is bounded in length, however large the value. */
import type { Json } from "./op.ts";
import { type Nanos, toSeconds } from "./time.ts";

/** A longer value is cut in the middle: the ends say most about strings that grow by appending. */
const longestValue = 60;

/** A value in JSON, shortened; `nothing` where there is none. */
export const showValue = (value: Json | undefined): string =>
  value === undefined ? "nothing" : cutMiddle(JSON.stringify(value));

/** Text of at most about `longest` characters: the middle of a longer one is left out. */
export function cutMiddle(text: string, longest = longestValue): string {
  if (text.length <= longest) return text;
  const half = longest >> 1;
  return `${text.slice(0, half)}…${text.slice(-half)}`;
}

/** Text of at most `limit` characters: the end of a longer one is left out. */
export const cutEnd = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, Math.max(1, limit - 1))}…`;

/** The time of an event in a run, as reports show it: `12.480 s`. */
export const atTime = (time: Nanos): string => `${toSeconds(time).toFixed(3)} s`;

/** A length of time in the unit that suits it: `1.3 s`, `340 ms`, `1.2 ms`, `90 µs`. */
export function duration(nanos: number): string {
  if (nanos >= 1e9) return `${(nanos / 1e9).toFixed(1)} s`;
  if (nanos >= 1e7) return `${(nanos / 1e6).toFixed(0)} ms`;
  return nanos >= 1e5 ? `${(nanos / 1e6).toFixed(1)} ms` : `${(nanos / 1e3).toFixed(0)} µs`;
}

/** A number with its noun in the right form: `0 faults`, `1 fault`, `14,982 faults`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString("en-US")} ${number === 1 ? one : many}`;

/** `the only fault`, `both faults`, `all 4 faults` */
export const allOf = (number: number, one: string, many = `${one}s`): string =>
  number === 1 ? `the only ${one}` : number === 2 ? `both ${many}` : `all ${count(number, one, many)}`;

/** Some of a number of things: `1 of 3 reads`, `all 3 reads`, `the only read`. */
export const partOf = (some: number, all: number, one: string, many?: string): string =>
  some === all ? allOf(all, one, many) : `${some.toLocaleString("en-US")} of ${count(all, one, many)}`;

/** `1`, `1 and 2`, `1, 2 and 3` */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;

/** `1`, `1 or 2`, `1, 2 or 3` */
export const either = (items: readonly (string | number)[]): string =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} or ${items.at(-1)}`;

/** A finding as a sentence of its own: a capital first, except for a node's name, and a full stop at the end. */
export function asSentence(finding: string): string {
  const begun = /^n\d/.test(finding) ? finding : finding.charAt(0).toUpperCase() + finding.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

/** A name in kebab-case as a title: `enough-operations` is `Enough operations`. */
export const asTitle = (name: string): string => {
  const words = name.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};
