import type { Json } from "../../../core/op.ts";
import { canonical } from "../../canonical.ts";

/** Numbers for values, from 0 on: the same for equal values. */
export class ValueNumbers {
  count = 0;
  /** Numbers of small whole numbers, plus one: a table is several times faster than a map. */
  readonly #small: Int32Array;
  readonly #simple = new Map<Json, number>();
  readonly #compound = new Map<string, number>();

  /** `expected`: about how many different values to expect. */
  constructor(expected: number) {
    this.#small = new Int32Array(2 * expected + 256);
  }

  of(value: Json): number {
    if (typeof value === "number") {
      const known = this.#small[value];
      // Undefined where the value is not an index of the table: too large, negative, or a fraction.
      if (known !== undefined) return known > 0 ? known - 1 : this.#addSmall(value);
    } else if (typeof value === "object" && value !== null) {
      return this.#number(this.#compound, canonical(value));
    }
    return this.#number(this.#simple, value);
  }

  #addSmall(value: number): number {
    this.#small[value] = ++this.count;
    return this.count - 1;
  }

  #number<K>(numbers: Map<K, number>, name: K): number {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, this.count);
    return this.count++;
  }
}
