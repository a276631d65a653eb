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
  readonly #clean: () => Promise<readonly string[]>;
  readonly #containers: boolean;
  #rest: Promise<void> | undefined;

  constructor(
    planned: readonly Pick<PlannedRun, "runtime">[],
    output: Output,
    clean: () => Promise<readonly string[]> = cleanLeftovers,
  ) {
    this.#output = output;
    this.#clean = clean;
    this.#containers = planned.some(({ runtime }) => runtime.name === "testcontainers");
  }

  async first(): Promise<void> {
    if (this.#containers) await this.rest();
    else this.#report(removeDeadRuns());
  }

  /** Safe to call twice. Never rejects: what is left of dead runs is not worth the result of this one. */
  rest(): Promise<void> {
    this.#rest ??= this.#clean().then(
      (removed) => this.#report(removed),
      (reason: unknown) =>
        this.#output.note(
          `could not remove what dead runs left behind (${messageOf(reason)}): try assay clean`,
        ),
    );
    return this.#rest;
  }

  #report(removed: readonly string[]): void {
    for (const line of removed) this.#output.note(`removed leftover of a dead run: ${line}`);
  }
}

const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));
