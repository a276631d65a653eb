import type { Cancel, Clock } from "./clock.ts";
import { type Nanos, nanos } from "./time.ts";

interface Timer {
  readonly at: Nanos;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * Time that passes only on request. Timers fire in order of their due time, then of their making, so that a run in
 * virtual time is the same run every time.
 */
export class VirtualClock implements Clock {
  #now = nanos(0);
  #order = 0;
  readonly #timers = new Set<Timer>();

  now(): Nanos {
    return this.#now;
  }

  date(): Date {
    return new Date(this.#now / 1e6);
  }

  after(delay: Nanos, callback: () => void): Cancel {
    const timer = { at: nanos(this.#now + Math.max(0, delay)), order: this.#order++, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /**
   * Runs `task` to its end: lets every promise settle, then jumps to the next timer, until the task is done. Rejects
   * when the task waits for something that no timer will bring.
   */
  async run<T>(task: () => Promise<T>): Promise<T> {
    let done = false;
    const result = task().finally(() => {
      done = true;
    });
    result.catch(() => {});
    for (;;) {
      await settle();
      if (done) return result;
      const next = this.#next();
      if (next === undefined)
        throw new Error("virtual clock: the task is not done and no timer is left to wait for");
      this.#timers.delete(next);
      this.#now = next.at;
      next.callback();
    }
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    }
    return first;
  }
}

/** A macrotask turn: every promise chain that can go on without a timer has gone on. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
