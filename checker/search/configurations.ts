import { noState } from "./machine.ts";
import type { Uses } from "./uses.ts";

/** Words before the bits in a row: the state, and the optional operations used. */
export const header = 2;

/**
 * A set of configurations: how far an order has come. A row of integers each: the state, the optional operations that
 * took effect (see Uses), and a bit for every slot whose open operation took effect.
 *
 * Of two configurations that differ only in the optional operations used, the one that used fewer is kept, and the
 * other dropped. Sound: whatever can still follow the second can follow the first, which may leave the difference
 * unused for ever.
 */
export class Configurations {
  readonly stride: number;
  /** Rows that were added, dropped ones included. */
  count = 0;
  /** Rows that are in the set. */
  size = 0;
  #rows: Int32Array;
  #next: Int32Array;
  #table: Int32Array;
  readonly #uses: Uses;

  constructor(stride: number, uses: Uses) {
    this.stride = stride;
    this.#uses = uses;
    this.#rows = new Int32Array(64 * stride);
    this.#next = new Int32Array(64);
    this.#table = new Int32Array(128).fill(-1);
  }

  clear(): void {
    this.count = 0;
    this.size = 0;
    this.#table.fill(-1);
  }

  /** Whether row `i` is still in the set. */
  alive(i: number): boolean {
    return this.#rows[i * this.stride] !== noState;
  }

  /** Copies row `i` to `target`. */
  read(i: number, target: Int32Array): void {
    const { stride } = this;
    for (let word = 0; word < stride; word++) target[word] = this.#rows[i * stride + word] as number;
  }

  /** Adds `row` unless a row that is as good is there; drops rows that `row` is better than. */
  add(row: Int32Array): boolean {
    const bucket = this.#hash(row) & (this.#table.length - 1);
    const uses = row[1] as number;
    for (let i = this.#table[bucket] as number; i !== -1; i = this.#next[i] as number) {
      if (!this.#sameButUses(i, row)) continue;
      const other = this.#rows[i * this.stride + 1] as number;
      if (this.#uses.within(other, uses)) return false;
      if (this.#uses.within(uses, other)) {
        this.#rows[i * this.stride] = noState;
        this.size--;
      }
    }
    if (this.count === this.#next.length) this.#grow();
    this.#rows.set(row, this.count * this.stride);
    this.#link(this.count, this.#hash(row) & (this.#table.length - 1));
    this.count++;
    this.size++;
    return true;
  }

  bytes(): number {
    return this.#rows.byteLength + this.#next.byteLength + this.#table.byteLength;
  }

  #sameButUses(i: number, row: Int32Array): boolean {
    const at = i * this.stride;
    if (this.#rows[at] !== row[0]) return false;
    for (let word = header; word < this.stride; word++) if (this.#rows[at + word] !== row[word]) return false;
    return true;
  }

  #hash(row: Int32Array): number {
    let hash = Math.imul(row[0] as number, 0x9e3779b1);
    for (let word = header; word < this.stride; word++) {
      hash = Math.imul(hash ^ (row[word] as number), 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    return hash ^ (hash >>> 13);
  }

  #link(i: number, bucket: number): void {
    this.#next[i] = this.#table[bucket] as number;
    this.#table[bucket] = i;
  }

  #grow(): void {
    const { stride } = this;
    const rows = new Int32Array(this.#rows.length * 2);
    rows.set(this.#rows);
    this.#rows = rows;
    this.#next = new Int32Array(this.#next.length * 2);
    this.#table = new Int32Array(this.#table.length * 2).fill(-1);
    const row = new Int32Array(stride);
    for (let i = 0; i < this.count; i++) {
      if (!this.alive(i)) continue;
      this.read(i, row);
      this.#link(i, this.#hash(row) & (this.#table.length - 1));
    }
  }
}
