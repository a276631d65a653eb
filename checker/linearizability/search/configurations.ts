import { LimitExceeded } from "../limits.ts";
import { noState } from "./machine.ts";
import { bitsAt, type Layout, stateAt, tagAt, usesAt } from "./row.ts";
import type { Uses } from "./uses.ts";

/**
 * A set of configurations (see row.ts), without those that another one makes superfluous. `a` makes `b` superfluous
 * where state, tag and the done bits of `exact` operations are the same, and
 *
 * - `a` used no optional operation that `b` did not: whatever can follow `b` can follow `a`, which may leave the
 *   difference unused;
 * - what is done in `b` is done in `a`, of operations that only read or overwrite: what follows `b` can follow `a` with
 *   the operations left out that `a` has behind it. A read changes nothing; a write that is left out can be hidden
 *   where `a` did it;
 * - what `a` used, `b` used: so `a` can still use what `b` can.
 */
export class Configurations {
  /** Rows that were added, dropped ones included. */
  count = 0;
  /** Rows that are in the set. */
  size = 0;
  readonly #layout: Layout;
  readonly #uses: Uses;
  readonly #fits: (bytes: number) => boolean;
  #rows: Int32Array;
  #hashes: Int32Array;
  #next: Int32Array;
  #table: Int32Array;

  /** `fits`: whether this many more bytes may be held. */
  constructor(layout: Layout, uses: Uses, fits: (bytes: number) => boolean) {
    this.#layout = layout;
    this.#uses = uses;
    this.#fits = fits;
    this.#rows = new Int32Array(8 * layout.stride);
    this.#hashes = new Int32Array(8);
    this.#next = new Int32Array(8);
    this.#table = new Int32Array(16).fill(-1);
  }

  clear(): void {
    if (this.count > this.#table.length >> 4) this.#table.fill(-1);
    else for (let i = 0; i < this.count; i++) this.#table[this.#bucket(this.#hashes[i] as number)] = -1;
    this.count = 0;
    this.size = 0;
  }

  /** Whether row `i` is still in the set. */
  alive(i: number): boolean {
    return this.#rows[i * this.#layout.stride] !== noState;
  }

  /** A row of the set; undefined where it is empty. */
  first(): Int32Array | undefined {
    for (let i = 0; i < this.count; i++) if (this.alive(i)) return this.row(i);
    return undefined;
  }

  /** Row `i` itself: what is written to it is in the set, so only parts that do not distinguish rows may be written. */
  row(i: number): Int32Array {
    const { stride } = this.#layout;
    return this.#rows.subarray(i * stride, (i + 1) * stride);
  }

  /** Copies row `i` to `target`. */
  read(i: number, target: Int32Array): void {
    const { stride } = this.#layout;
    for (let word = 0; word < stride; word++) target[word] = this.#rows[i * stride + word] as number;
  }

  /** Whether a row of the set makes `row` superfluous. */
  covers(row: Int32Array, exact: Int32Array): boolean {
    const hash = this.#hash(row, exact);
    for (let i = this.#table[this.#bucket(hash)] as number; i !== -1; i = this.#next[i] as number)
      if (this.#hashes[i] === hash && this.#isBetter(this.#rows, i * this.#layout.stride, row, 0, exact))
        return true;
    return false;
  }

  /**
   * Adds `row` unless it is superfluous; drops rows that it makes superfluous. Returns whether it was added. Throws
   * `LimitExceeded` where the set cannot grow.
   */
  add(row: Int32Array, exact: Int32Array): boolean {
    const { stride } = this.#layout;
    const hash = this.#hash(row, exact);
    const first = this.#table[this.#bucket(hash)] as number;
    for (let i = first; i !== -1; i = this.#next[i] as number) {
      if (this.#hashes[i] !== hash || !this.alive(i)) continue;
      if (this.#isBetter(this.#rows, i * stride, row, 0, exact)) return false;
      if (!this.#isBetter(row, 0, this.#rows, i * stride, exact)) continue;
      this.#rows[i * stride + stateAt] = noState;
      this.size--;
    }
    if (this.count === this.#next.length) this.#grow();
    for (let word = 0; word < stride; word++) this.#rows[this.count * stride + word] = row[word] as number;
    this.#link(this.count, hash);
    this.count++;
    this.size++;
    return true;
  }

  bytes(): number {
    return this.#rows.byteLength + this.#hashes.byteLength * 2 + this.#table.byteLength;
  }

  #isBetter(a: Int32Array, i: number, b: Int32Array, j: number, exact: Int32Array): boolean {
    if (a[i + stateAt] !== b[j + stateAt] || a[i + tagAt] !== b[j + tagAt]) return false;
    const { words } = this.#layout;
    for (let word = 0; word < words; word++) {
      const done = a[i + bitsAt + word] as number;
      const doneThere = b[j + bitsAt + word] as number;
      const used = a[i + bitsAt + words + word] as number;
      const usedThere = b[j + bitsAt + words + word] as number;
      if (((done ^ doneThere) & (exact[word] as number)) | (doneThere & ~done) | (used & ~usedThere))
        return false;
    }
    return this.#uses.within(a[i + usesAt] as number, b[j + usesAt] as number);
  }

  #hash(row: Int32Array, exact: Int32Array): number {
    let hash = Math.imul(row[stateAt] as number, 0x9e3779b1) ^ Math.imul(row[tagAt] as number, 0xc2b2ae35);
    for (let word = 0; word < exact.length; word++) {
      hash = Math.imul(hash ^ ((row[bitsAt + word] as number) & (exact[word] as number)), 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    return hash ^ (hash >>> 13);
  }

  #bucket(hash: number): number {
    return hash & (this.#table.length - 1);
  }

  #link(i: number, hash: number): void {
    const bucket = this.#bucket(hash);
    this.#hashes[i] = hash;
    this.#next[i] = this.#table[bucket] as number;
    this.#table[bucket] = i;
  }

  /** Doubles the set, or makes it a little larger where there is no room for more. */
  #grow(): void {
    const old = this.#next.length;
    const { stride } = this.#layout;
    const bytes = (capacity: number) => 4 * (capacity * (stride + 2) + 2 * capacity);
    const capacity = [2 * old, old + (old >> 3) + 1].find((larger) => this.#fits(bytes(larger)));
    if (capacity === undefined) throw new LimitExceeded("memory-limit");
    this.#rows = enlarged(this.#rows, capacity * stride);
    this.#hashes = enlarged(this.#hashes, capacity);
    this.#next = enlarged(this.#next, capacity);
    if (this.#table.length >= 2 * capacity) return;
    this.#table = new Int32Array(this.#table.length * 2).fill(-1);
    for (let i = 0; i < this.count; i++) if (this.alive(i)) this.#link(i, this.#hashes[i] as number);
  }
}

function enlarged(array: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
