/** Keeps what is read from a file within a limit of memory, so that it ends with a sentence and not with the process. */
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { UsageError } from "../../core/errors.ts";

/** The heap of a JavaScript engine, in bytes. */
export interface Heap {
  /** What is on it, garbage included. */
  used(): number;
  /** The process ends where it would need more. */
  readonly limit: number;
  /** Drops the garbage. Takes a second for each gigabyte or so. */
  collect(): void;
}

/** Less than this is not told apart from what the program itself puts on the heap meanwhile. */
const grain = 32 * 2 ** 20;
/** A history may fill this much of the heap: judging it needs some, too. */
const share = 0.75;

export class HeapGuard {
  readonly #heap: Heap;
  readonly #limitBytes: number;
  readonly #before: number;
  /** The heap is looked at in earnest once it is as full as this. */
  #next: number;

  /** `limitBytes`: what all that is read from now on may take. */
  constructor(limitBytes: number, heap: Heap = ownHeap) {
    this.#heap = heap;
    this.#limitBytes = limitBytes;
    this.#before = heap.used();
    this.#next = Math.min(this.#before + Math.max(limitBytes, grain), share * heap.limit);
  }

  /** A UsageError where what was made of the first `bytes` of `file` takes more than is allowed. */
  look(file: string, bytes: number): void {
    if (this.#heap.used() < this.#next) return;
    this.#heap.collect();
    const live = this.#heap.used();
    const held = live - this.#before;
    if (held > Math.max(this.#limitBytes, grain)) {
      throw new UsageError(
        `${file}: its first ${mebibytes(bytes)} take ${mebibytes(held)} of memory, and --memory-limit allows ${mebibytes(this.#limitBytes)}: allow more, or judge a part of it`,
      );
    }
    if (live > share * this.#heap.limit) {
      throw new UsageError(
        `${file}: its first ${mebibytes(bytes)} take ${mebibytes(held)} of memory, and Node allows this process ${mebibytes(this.#heap.limit)}: allow more with NODE_OPTIONS=--max-old-space-size=MiB, or judge a part of it`,
      );
    }
    this.#next = Math.max(this.#next, live * 1.15);
  }
}

const mebibytes = (bytes: number): string => `${Math.max(1, Math.round(bytes / 2 ** 20))} MiB`;

const ownHeap: Heap = {
  used: () => getHeapStatistics().used_heap_size,
  limit: getHeapStatistics().heap_size_limit,
  collect() {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    collect();
  },
};
