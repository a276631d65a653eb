import { cleanLeftovers } from "../runtimes/cleanup.ts";
import { removeDeadRuns } from "../runtimes/process/leftovers.ts";
import type { Output } from "./output.ts";
import type { PlannedRun } from "./plan/plan.ts";

/**
 * Removes what dead runs left behind before the planned runs: `first` what their nodes might meet, `rest` the others. Loading
 * the client of Docker takes as long as a node takes to start, so that runs without containers do it while they wait.
 */
export class Leftovers {
  readonly #output: Output;
  readonly #containers: boolean;
  #rest: Promise<void> | undefined;

  constructor(planned: readonly PlannedRun[], output: Output) {
    this.#output = output;
    this.#containers = planned.some(({ runtime }) => runtime.name === "testcontainers");
  }

  async first(): Promise<void> {
    if (this.#containers) await this.rest();
    else this.#report(removeDeadRuns());
  }

  /** Safe to call twice. */
  rest(): Promise<void> {
    this.#rest ??= cleanLeftovers().then((removed) => this.#report(removed));
    // Reported by whoever waits for it.
    this.#rest.catch(() => {});
    return this.#rest;
  }

  #report(removed: readonly string[]): void {
    for (const line of removed) this.#output.note(`removed leftover of a dead run: ${line}`);
  }
}
