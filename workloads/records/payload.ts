/**
 * Keys and values as the system sees them: padded to the sizes that the user chose. A history has them in their short form, so
 * that a run with values of 1 KiB does not write gigabytes; what is read must be the padded form, to the last byte.
 */
import type { Json } from "../../core/op.ts";
import { createRandom } from "../../core/random.ts";
import type { WorkloadRun } from "../workload.ts";
import { sizeOf } from "./options.ts";

/** Fills keys. No short key ends with it. */
const keyFiller = "-";
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+_";
/** Letters of which every value has a stretch of its own, so that they do not compress like one letter. */
const fillerLength = 1 << 16;
/** Prime, so that the stretches of values that follow each other begin far apart. */
const fillerStep = 24_593;

let filler = "";

/** Letters from some place on, the same for the same place. */
function stretch(from: number, length: number): string {
  if (filler === "") {
    const random = createRandom(1);
    filler = Array.from({ length: fillerLength }, () => letters[random.integer(0, 63)]).join("");
  }
  let text = filler.slice(from, from + length);
  while (text.length < length) text += filler.slice(0, length - text.length);
  return text;
}

export class Payload {
  readonly #keySize: number;
  readonly #valueSize: number;

  constructor(run: WorkloadRun) {
    this.#keySize = sizeOf(run, "key-size");
    this.#valueSize = sizeOf(run, "value-size");
  }

  /** The key, or a prefix of keys, as the system has it. A prefix is not padded. */
  key(short: string): string {
    return short.padEnd(this.#keySize, keyFiller);
  }

  shortKey(key: string): string {
    let end = key.length;
    while (key[end - 1] === keyFiller) end--;
    return key.slice(0, end);
  }

  /** A number's digits, then letters that belong to this number. Where the size leaves no room for these, the digits alone. */
  value(number: Json | undefined): string {
    const head = `${String(number)}:`;
    const left = this.#valueSize - head.length;
    return left < 0
      ? String(number)
      : `${head}${stretch((Number(number) * fillerStep) % fillerLength, left)}`;
  }

  /** The number of a value; null where there is none. What no value of ours looks like is described, for the checker to refuse. */
  shortValue(text: string | undefined): Json {
    if (text === undefined) return null;
    const digits = /^(\d{1,15})(?=:|$)/.exec(text)?.[0];
    if (digits === undefined) return `${JSON.stringify(text.slice(0, 20))}, which nobody wrote`;
    const expected = this.value(Number(digits));
    if (text === expected) return Number(digits);
    const length =
      text.length === expected.length ? "" : `, ${text.length} bytes instead of ${expected.length}`;
    return `${digits} with wrong contents from byte ${firstDifference(text, expected)}${length}`;
  }
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at + 1;
}
