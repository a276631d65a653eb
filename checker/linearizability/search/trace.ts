import { LimitExceeded } from "../limits.ts";
import type { Move } from "./moves.ts";
import type { FoundOrder } from "./result.ts";
import type { Layout } from "./row.ts";

/** How each configuration was reached: the move that led to it, when, and the configuration before. */
export class Trace {
  /** Which word of a row is the number of its step; 0 where there was none yet. */
  readonly #word: number;
  readonly #fits: (bytes: number) => boolean;
  #count = 0;
  #parents: Int32Array = new Int32Array(64);
  #moves: Int32Array = new Int32Array(64);
  #events: Int32Array = new Int32Array(64);

  /** `fits`: whether this many more bytes may be held. */
  constructor(layout: Layout, fits: (bytes: number) => boolean) {
    this.#word = layout.stride - 1;
    this.#fits = fits;
  }

  /** Records that `move`, after `events` events, led to `row` from the row that it still traces. Throws `LimitExceeded`. */
  extend(row: Int32Array, move: Move, events: number): void {
    const step = ++this.#count;
    if (step === this.#parents.length) {
      if (!this.#fits(2 * this.bytes())) throw new LimitExceeded("memory-limit");
      this.#parents = doubled(this.#parents);
      this.#moves = doubled(this.#moves);
      this.#events = doubled(this.#events);
    }
    this.#parents[step] = row[this.#word] as number;
    this.#moves[step] = move;
    this.#events[step] = events;
    row[this.#word] = step;
  }

  /** The moves that led to `row`. */
  orderTo(row: Int32Array | undefined): FoundOrder {
    const steps: number[] = [];
    for (let step = row?.[this.#word] ?? 0; step !== 0; step = this.#parents[step] as number)
      steps.push(step);
    steps.reverse();
    return {
      moves: Int32Array.from(steps, (step) => this.#moves[step] as number),
      at: Int32Array.from(steps, (step) => this.#events[step] as number),
    };
  }

  bytes(): number {
    return 3 * this.#parents.byteLength;
  }
}

function doubled(array: Int32Array): Int32Array {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
