/** Limits the memory for a file that is read, so that exceeding it gives an error message instead of a crash. */
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { UsageError } from "../../core/errors.ts";

/** The heap of a JavaScript engine, in bytes. */
export interface Heap {
  /** Bytes in use, garbage included. */
  used(): number;
  /** Limit above which the process crashes. */
  readonly limit: number;
  /** Collects garbage. Takes about a second per gigabyte. */
  collect(): void;
}

/** Smaller amounts cannot be distinguished from what the program itself allocates meanwhile. */
const grain = 32 * 2 ** 20;
/** Share of the heap that a history may fill: checking it needs some, too. */
const share = 0.75;

export class HeapGuard {
  readonly #heap: Heap;
  readonly #limitBytes: number;
  readonly #before: number;
  /** Heap size at which the next exact measurement is made. */
  #next: number;

  /** `limitBytes`: memory allowed for everything read from now on. */
  constructor(limitBytes: number, heap: Heap = ownHeap) {
    this.#heap = heap;
    this.#limitBytes = limitBytes;
    this.#before = heap.used();
    this.#next = Math.min(this.#before + Math.max(limitBytes, grain), share * heap.limit);
  }

  /** Throws a UsageError if the data from the first `bytes` of `file` takes more memory than allowed. */
  look(file: string, bytes: number): void {
    if (this.#heap.used() < this.#next) return;
    this.#heap.collect();
    const live = this.#heap.used();
    const held = live - this.#before;
    if (held > Math.max(this.#limitBytes, grain)) {
      throw new UsageError(
        `${file}: its first ${mebibytes(bytes)} take ${mebibytes(held)} of memory, and --memory-limit allows ${mebibytes(this.#limitBytes)}: allow more, or check a part of it`,
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
