import type { Json } from "../op.ts";

/**
 * JSON with exact numbers. A number of JavaScript holds 53 bits, so `JSON.parse` makes one value of 9223372036854775807
 * and 9223372036854775801. Here a number that JavaScript would not print again as it stands becomes the string of its
 * digits: different numbers stay different.
 */
export function parseExactJson(text: string): Json {
  const plain = JSON.parse(text) as Json;
  if (!mayBeInexact.test(text)) return plain;
  return JSON.parse(text.replace(stringOrNumber, exactToken)) as Json;
}

/** Arrays and objects may be nested this deep: what walks through values by recursion needs a bound. */
export const deepest = 500;

/** Whether arrays and objects of a JSON text are nested deeper than `deepest`. */
export function isTooDeep(text: string): boolean {
  if (text.length <= 2 * deepest) return false;
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === "[" || token === "{") depth++;
    else if (token === "]" || token === "}") depth--;
    if (depth > deepest) return true;
  }
  return false;
}

/** Sixteen digits and more, or an exponent beyond 99: any other number of a text is exact. */
const mayBeInexact = /[\d.]{16}|\d[eE][+-]?\d{3}/;
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

function exactToken(token: string): string {
  if (token.startsWith('"')) return token;
  const exact = exactNumber(token);
  return typeof exact === "number" ? token : `"${exact}"`;
}

/** A decimal number, or its digits as a string where a number of JavaScript would not be printed as the same number. */
export function exactNumber(token: string): number | string {
  const number = Number(token);
  const meant = decimalOf(token);
  const got = decimalOf(String(number));
  if (got !== undefined && meant?.digits === got.digits && meant.exponent === got.exponent) return number;
  return meant === undefined ? token : printed(meant);
}

/** `digits` times ten to the power of `exponent`; the last of the digits is no zero, but in zero itself. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** What a decimal number says; undefined for a text that is none. */
function decimalOf(text: string): Decimal | undefined {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (whole === "") return undefined;
  const all = whole + fraction;
  const digits = all.replace(/0+$/, "");
  const value = BigInt(digits === "" ? 0 : digits);
  if (value === 0n) return { digits: 0n, exponent: 0 };
  const signed = sign === "-" ? -value : value;
  return { digits: signed, exponent: Number(exponent) - fraction.length + (all.length - digits.length) };
}

/** More zeros than this are not printed. */
const mostZeros = 400;

function printed({ digits, exponent }: Decimal): string {
  if (Math.abs(exponent) > mostZeros) return `${digits}e${exponent}`;
  if (exponent >= 0) return `${digits}${"0".repeat(exponent)}`;
  const [, sign = "", text = ""] = /^(-?)(\d+)$/.exec(String(digits)) ?? [];
  const padded = text.padStart(1 - exponent, "0");
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

/** The whole number that a number, or a string of its digits, stands for; undefined for anything else. */
export function wholeNumber(value: unknown): bigint | undefined {
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  const decimal = decimalOf(String(value));
  if (decimal === undefined || decimal.exponent < 0 || decimal.exponent > mostZeros) return undefined;
  return decimal.digits * 10n ** BigInt(decimal.exponent);
}

/** Whether a JSON value is a number, if only by the digits of one that a number does not hold exactly. */
export const isExactNumber = (value: Json | undefined): value is number | string =>
  typeof value === "number" ||
  (typeof value === "string" &&
    /^-?\d{16}/.test(value) &&
    typeof exactNumber(value) === "string" &&
    wholeNumber(value) !== undefined);

/** A whole number as JSON: a number where that is exact, otherwise the string of its digits. */
export const wholeJson = (value: bigint): number | string => exactNumber(String(value));

/**
 * Times as numbers of which different ones differ and keep their order: as they are where all of them are exact, otherwise
 * counted from the earliest. Fractions of times that are longer than a number can hold are rounded: compare those with
 * `order`.
 */
export function exactTimes(times: readonly (number | string)[]): { times: number[]; order?: bigint[] } {
  if (times.every((time) => typeof time === "number")) return { times: [...times] };
  const decimals = times.map((time) => decimalOf(String(time)) ?? { digits: 0n, exponent: 0 });
  const scale = decimals.reduce((least, { exponent }) => Math.min(least, exponent), 0);
  const scaled = decimals.map(({ digits, exponent }) => digits * 10n ** BigInt(exponent - scale));
  let first = scaled[0] ?? 0n;
  for (const time of scaled) if (time < first) first = time;
  const order = scaled.map((time) => time - first);
  return { times: order.map((time) => Number(time) / 10 ** -scale), order };
}
