/** The closed loop: each process asks again as soon as it has its answer. For capacity, not for latency. */
import { build } from "hdr-histogram-js";
import type { LoadContext, LoadDriver, LoadProcess } from "./load.ts";

export class ClosedLoad implements LoadDriver {
  readonly sendLag = build({ numberOfSignificantValueDigits: 3 });
  readonly unsent = [];
  readonly processes: readonly LoadProcess[];
  readonly #onError: LoadContext["onError"];
  #stopped = false;
  #succeeded = 0;
  #loops: readonly Promise<void>[] = [];

  constructor({ bound, make, onError }: LoadContext) {
    this.processes = Array.from({ length: bound }, (_, slot) => make(slot));
    this.#onError = onError;
  }

  async open(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.open()));
  }

  start(): void {
    this.#loops = this.processes.map((process) => this.#loop(process).catch(this.#onError));
  }

  get succeeded(): number {
    return this.#succeeded;
  }

  /** Each process waits for its answers: it owes nothing, however long it was stopped. */
  mayStop(): void {}

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#loops);
  }

  async #loop(process: LoadProcess): Promise<void> {
    while (!this.#stopped) {
      const { type } = await process.perform(process.actor.next(), { whileRefused: "wait" });
      if (type === "ok") this.#succeeded++;
    }
  }
}
