/**
 * Paces operations. Open loop: process p of P starts its k-th operation at (k * P + p) / rate, whatever became of the
 * ones before; when it is late it goes on at once, and the delay counts as the system's (no coordinated omission).
 * Closed loop: every process asks again as soon as it has its answer.
 */
import { build, type Histogram } from "hdr-histogram-js";
import { unreachable } from "../../core/assert.ts";
import type { Clock } from "../../core/clock.ts";
import type { Call } from "../../core/op.ts";
import type { Load } from "../../core/run.ts";
import { millis, type Nanos, nanos, seconds } from "../../core/time.ts";
import type { ClientProcess } from "./client-process.ts";

export interface LoadContext {
  readonly clock: Clock;
  readonly load: Load;
  readonly processes: readonly ClientProcess<Call>[];
  /** Called with a bug of ours (an actor or recorder that threw); that process asks nothing more. */
  onError(reason: unknown): void;
}

/** Timers of the platform fire up to a millisecond early: then the operation starts early rather than late. */
const earliness = millis(1);

export class LoadGenerator {
  readonly #context: LoadContext;
  /** Wakes a process that waits for its next start, to tell it that there is none. */
  readonly #waiting = new Set<() => void>();
  #stopped = false;
  /** Microseconds. */
  readonly #sendLag: Histogram = build({ numberOfSignificantValueDigits: 3 });
  #loops: readonly Promise<void>[] = [];
  #backlog = 0;

  constructor(context: LoadContext) {
    this.#context = context;
  }

  /** Begins to ask, at once. */
  start(): void {
    const { load, processes, clock } = this.#context;
    const begin = clock.now();
    const loop = (process: ClientProcess<Call>, slot: number): Promise<void> => {
      switch (load.kind) {
        case "open":
          return this.#open(process, { begin, slot, rate: load.rate });
        case "closed":
          return this.#closed(process);
        default:
          return unreachable(load);
      }
    };
    this.#loops = processes.map((process, slot) => loop(process, slot).catch(this.#context.onError));
  }

  /** Asks nothing more; resolves when what was asked is answered or given up. Safe to call twice. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const wake of this.#waiting) wake();
    await Promise.all(this.#loops);
  }

  /** Actual minus intended start of operations whose process was free: the generator's own lateness. */
  get sendLagMsP99(): number {
    return this.#sendLag.totalCount === 0 ? 0 : this.#sendLag.getValueAtPercentile(99) / 1000;
  }

  /** Operations whose intended start had passed when the load was stopped, and that were never sent. */
  get backlog(): number {
    return this.#backlog;
  }

  async #open(
    process: ClientProcess<Call>,
    pace: { begin: Nanos; slot: number; rate: number },
  ): Promise<void> {
    const { clock, processes } = this.#context;
    const interval = seconds(1) / pace.rate;
    for (let k = 0; ; k++) {
      const due = nanos(Math.round(pace.begin + (k * processes.length + pace.slot) * interval));
      if (clock.now() < due) {
        if (!(await this.#until(due))) return;
        this.#sendLag.recordValue(Math.max(0, Math.round((clock.now() - due) / 1000)));
      } else if (this.#stopped) {
        this.#backlog += Math.ceil((clock.now() - due) / (interval * processes.length));
        return;
      }
      const intended = nanos(Math.min(due, clock.now()));
      await process.perform(process.actor.next(), { intended, whileRefused: "fail" });
    }
  }

  async #closed(process: ClientProcess<Call>): Promise<void> {
    while (!this.#stopped) await process.perform(process.actor.next(), { whileRefused: "wait" });
  }

  /** Resolves at `due` with true, or with false when the load is stopped first. */
  async #until(due: Nanos): Promise<boolean> {
    const { clock } = this.#context;
    do {
      if (this.#stopped) return false;
      await this.#pause(nanos(due - clock.now()));
    } while (clock.now() < due - earliness);
    return !this.#stopped;
  }

  #pause(delay: Nanos): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      const cancel = this.#context.clock.after(delay, wake);
      this.#waiting.add(wake);
    });
  }
}
