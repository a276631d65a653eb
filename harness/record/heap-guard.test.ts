import { describe, expect, it } from "vitest";
import { UsageError } from "../../core/errors.ts";
import { type Heap, HeapGuard } from "./heap-guard.ts";

const mib = 2 ** 20;

/** A heap with `live` bytes and garbage on it. */
class FakeHeap implements Heap {
  readonly limit: number;
  live: number;
  garbage = 0;
  collections = 0;

  constructor(live: number, limit: number) {
    this.live = live;
    this.limit = limit;
  }

  used(): number {
    return this.live + this.garbage;
  }

  collect(): void {
    this.garbage = 0;
    this.collections++;
  }
}

describe("the guard of the heap", () => {
  it("lets a history grow up to its limit, whatever was on the heap before", () => {
    const heap = new FakeHeap(500 * mib, 4096 * mib);
    const guard = new HeapGuard(100 * mib, heap);
    heap.live += 99 * mib;
    guard.look("h", 40 * mib);
    heap.live += 2 * mib;
    expect(() => guard.look("h", 41 * mib)).toThrow(UsageError);
    expect(() => guard.look("h", 41 * mib)).toThrow(
      "h: its first 41 MiB take 101 MiB of memory, and --memory-limit allows 100 MiB: allow more",
    );
  });

  it("does not count garbage", () => {
    const heap = new FakeHeap(10 * mib, 4096 * mib);
    const guard = new HeapGuard(100 * mib, heap);
    heap.garbage = 2000 * mib;
    guard.look("h", 1);
    expect(heap.collections).toBe(1);
  });

  it("does not collect again and again where the limit is near", () => {
    const heap = new FakeHeap(0, 4096 * mib);
    const guard = new HeapGuard(1000 * mib, heap);
    heap.live = 990 * mib;
    for (let i = 0; i < 100; i++) {
      heap.garbage += mib;
      guard.look("h", 1);
    }
    expect(heap.collections).toBeLessThanOrEqual(1);
  });

  it("stops before the process would end, where the limit is higher", () => {
    const heap = new FakeHeap(100 * mib, 1000 * mib);
    const guard = new HeapGuard(4096 * mib, heap);
    heap.live = 700 * mib;
    guard.look("h", 1);
    heap.live = 800 * mib;
    expect(() => guard.look("h", 300 * mib)).toThrow(/700 MiB of memory, and Node allows .* 1000 MiB/);
  });

  it("does not blame a small history for what the program itself holds", () => {
    const heap = new FakeHeap(100 * mib, 1000 * mib);
    const guard = new HeapGuard(mib, heap);
    heap.live += 20 * mib;
    guard.look("h", 1);
  });
});
