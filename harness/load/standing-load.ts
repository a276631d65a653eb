/** Runs the actors of standing roles: each at its own pace, at its node, until it has nothing more to do or the load ends. */
import { setMaxListeners } from "node:events";
import { type Clock, sleep } from "../../core/clock.ts";
import type { Call } from "../../core/op.ts";
import { millis } from "../../core/time.ts";
import type { Pause } from "../../workloads/workload.ts";
import type { ClientProcess } from "./client-process.ts";

interface StandingContext {
  readonly clock: Clock;
  readonly processes: readonly ClientProcess<Call | Pause | undefined>[];
  /** Called with a bug of ours (an actor or recorder that threw); that process asks nothing more. */
  onError(reason: unknown): void;
}

export class StandingLoad {
  readonly processes: StandingContext["processes"];
  readonly #context: StandingContext;
  readonly #stopping = new AbortController();
  #loops: readonly Promise<void>[] = [];

  constructor(context: StandingContext) {
    this.#context = context;
    this.processes = context.processes;
    // Every actor that pauses listens: there may be hundreds.
    setMaxListeners(0, this.#stopping.signal);
  }

  start(): void {
    const { onError } = this.#context;
    this.#loops = this.processes.map((process) => this.#loop(process).catch(onError));
  }

  /** Ends pauses and asks nothing more; resolves when what was asked is answered or given up. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#loops);
  }

  async #loop(process: ClientProcess<Call | Pause | undefined>): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const step = process.actor.next();
      if (step === undefined) return;
      if ("pauseMs" in step) await sleep(this.#context.clock, millis(step.pauseMs), signal).catch(() => {});
      else await process.perform(step, { whileRefused: "wait", over: signal });
    }
  }
}
