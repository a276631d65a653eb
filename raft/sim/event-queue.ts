/** Queue of events by simulated milliseconds. Events of the same moment happen in the order in which they were added. */
export class EventQueue {
  #now = 0;
  #order = 0;
  /** A binary heap: the parent of `i` is at (i - 1) >> 1. */
  readonly #heap: { readonly at: number; readonly order: number; readonly run: () => void }[] = [];

  get now(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): void {
    const event = { at: this.#now + delayMs, order: this.#order++, run };
    const heap = this.#heap;
    let i = heap.push(event) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !before(event, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = event;
  }

  /** Runs the next event; false when none is left. */
  runNext(): boolean {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return false;
    if (heap.length > 0) this.#sink(last);
    this.#now = first.at;
    first.run();
    return true;
  }

  #sink(event: { readonly at: number; readonly order: number; readonly run: () => void }): void {
    const heap = this.#heap;
    let i = 0;
    while (true) {
      const right = heap[2 * i + 2];
      const left = heap[2 * i + 1];
      if (left === undefined) break;
      const rightFirst = right !== undefined && before(right, left);
      const child = rightFirst ? right : left;
      if (!before(child, event)) break;
      heap[i] = child;
      i = 2 * i + (rightFirst ? 2 : 1);
    }
    heap[i] = event;
  }
}

interface Due {
  readonly at: number;
  readonly order: number;
}

const before = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
