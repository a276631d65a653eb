import type { Budget } from "../limits.ts";
import { type Columns, cas, differs, never, write } from "./columns.ts";

/**
 * Puts the operations that saw that the value *differed* from some value into a legal order of the others; undefined
 * where one does not fit.
 *
 * Such an operation may stand at any place after all that returned before its call and before all that was called after
 * its return: a run of places, of which it takes the first where the value differs, and none before an operation of its
 * kind that returned before its call. The first place is as good as any: it leaves later ones the most room.
 */
export function placeDiffering(columns: Columns, order: Int32Array, budget: Budget): Int32Array | undefined {
  const places = new Places(columns, order);
  const { size, kind, optional, callIndex, returnIndex } = columns;
  const byCall = positions(size, (i) => kind[i] === differs && !optional[i]).sort(
    (a, b) => (callIndex[a] as number) - (callIndex[b] as number),
  );
  const byReturn = byCall.slice().sort((a, b) => (returnIndex[a] as number) - (returnIndex[b] as number));
  const placeOf = new Int32Array(size);
  let returned = 0;
  let least = 0;
  for (const operation of byCall) {
    budget.step();
    const called = callIndex[operation] as number;
    for (; (returnIndex[byReturn[returned] as number] as number) < called; returned++)
      least = Math.max(least, placeOf[byReturn[returned] as number] as number);
    const place = places.first(operation, least);
    if (place === undefined) return undefined;
    placeOf[operation] = place;
  }
  return merge(order, byCall, placeOf);
}

/** The places of an order: place `p` is in front of its operation `p`, the last place behind all. */
class Places {
  readonly #columns: Columns;
  readonly #length: number;
  /** The latest call in front of every place, and the earliest return behind it: both ascend. */
  readonly #latestCall: Int32Array;
  readonly #earliestReturn: Int32Array;
  /** The value at every place, and the next place at which it is another. */
  readonly #value: Int32Array;
  readonly #nextChange: Int32Array;

  constructor(columns: Columns, order: Int32Array) {
    const { kind, value, to, callIndex, returnIndex } = columns;
    const { length } = order;
    this.#columns = columns;
    this.#length = length;
    this.#latestCall = new Int32Array(length + 1).fill(-1);
    this.#earliestReturn = new Int32Array(length + 1).fill(never);
    this.#value = new Int32Array(length + 1);
    this.#nextChange = new Int32Array(length + 1).fill(length + 1);
    for (let p = 0; p < length; p++) {
      const operation = order[p] as number;
      const after = kind[operation] === write ? value : kind[operation] === cas ? to : undefined;
      this.#value[p + 1] = (after === undefined ? this.#value[p] : after[operation]) as number;
      this.#latestCall[p + 1] = Math.max(this.#latestCall[p] as number, callIndex[operation] as number);
    }
    for (let p = length - 1; p >= 0; p--) {
      const operation = order[p] as number;
      this.#earliestReturn[p] = Math.min(
        this.#earliestReturn[p + 1] as number,
        returnIndex[operation] as number,
      );
      this.#nextChange[p] =
        this.#value[p] === this.#value[p + 1] ? (this.#nextChange[p + 1] as number) : p + 1;
    }
  }

  /** The first place from `least` on that is right for `operation`. */
  first(operation: number, least: number): number | undefined {
    const { callIndex, returnIndex, value } = this.#columns;
    const called = callIndex[operation] as number;
    const returned = returnIndex[operation] as number;
    let place = Math.max(least, this.#firstBehind(called));
    if (this.#value[place] === value[operation]) place = this.#nextChange[place] as number;
    return place <= this.#length && (this.#latestCall[place] as number) <= returned ? place : undefined;
  }

  /** The first place behind which nothing returned before `index`. */
  #firstBehind(index: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#earliestReturn[middle] as number) < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** `order` with `extra` put in, each at its place; those that share one in order of their call. */
function merge(order: Int32Array, extra: Int32Array, placeOf: Int32Array): Int32Array {
  const sorted = extra.slice().sort((a, b) => (placeOf[a] as number) - (placeOf[b] as number));
  const merged = new Int32Array(order.length + sorted.length);
  let length = 0;
  let next = 0;
  for (let p = 0; p <= order.length; p++) {
    for (; next < sorted.length && placeOf[sorted[next] as number] === p; next++)
      merged[length++] = sorted[next] as number;
    if (p < order.length) merged[length++] = order[p] as number;
  }
  return merged;
}

function positions(size: number, isWanted: (i: number) => boolean): Int32Array {
  const wanted: number[] = [];
  for (let i = 0; i < size; i++) if (isWanted(i)) wanted.push(i);
  return Int32Array.from(wanted);
}
