import { assert } from "../../core/assert.ts";
import { type HardState, type LogIndex, logIndex, type Message, type Ready } from "../core/types.ts";
import type { Disk } from "./disk.ts";
import type { LogBase } from "./wal/record.ts";

/** Work that waits for one write to be durable. */
interface Job {
  readonly messages: Message[];
  /** End of the log once it is. */
  readonly end: LogBase;
  /** Index up to which its entries were not replaced by a later write. */
  valid: LogIndex;
  readonly changesTerm: boolean;
}

export interface PipelineOptions {
  readonly disk: Pick<Disk, "write">;
  readonly hardState: HardState | undefined;
  readonly end: LogBase;
  readonly send: (message: Message) => void;
  /** Everything taken so far up to `end` is durable. */
  readonly onDurable: (end: LogBase) => void;
}

/**
 * Writes Readies to disk and sends their messages, in the order that Raft needs: no promise leaves before what it
 * promises is durable. Readies are taken while earlier ones are still being written (thesis §10.2.1).
 */
export class WritePipeline {
  readonly #options: PipelineOptions;
  readonly #jobs: Job[] = [];
  #end: LogBase;
  #durable: LogIndex;
  #hardState: HardState | undefined;
  #hardStateUnwritten = false;

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#end = options.end;
    this.#durable = options.end.index;
    this.#hardState = options.hardState;
  }

  /** Entries of the log up to here are durable. */
  get durable(): LogIndex {
    return this.#durable;
  }

  take(ready: Ready): void {
    const changesTerm = this.#noteHardState(ready.hardState);
    const job = this.#write(ready, changesTerm) ?? this.#jobs.at(-1);
    // A new term that is not durable must not show in any message: a restart would let this member act in it again.
    const termInFlight = this.#jobs.some((waiting) => waiting.changesTerm);
    this.#send(ready.immediate, termInFlight ? job : undefined);
    this.#send(ready.messages, job);
  }

  #send(messages: readonly Message[], after: Job | undefined): void {
    for (const message of messages) {
      if (after === undefined) this.#options.send(message);
      else after.messages.push(message);
    }
  }

  /** Whether term or vote changed. A commit index alone is not worth a write: it goes with the next one. */
  #noteHardState(hardState: HardState | undefined): boolean {
    if (hardState === undefined) return false;
    const before = this.#hardState;
    this.#hardState = hardState;
    this.#hardStateUnwritten = true;
    return before === undefined || hardState.term !== before.term || hardState.vote !== before.vote;
  }

  #write({ entries, snapshot }: Ready, changesTerm: boolean): Job | undefined {
    if (entries.length === 0 && snapshot === undefined && !changesTerm) return undefined;
    const first = entries[0];
    if (first !== undefined) this.#replaceFrom(first.index);
    this.#end = entries.at(-1) ?? snapshot ?? this.#end;
    const { index, term } = this.#end;
    const job: Job = { messages: [], end: { index, term }, valid: index, changesTerm };
    this.#jobs.push(job);
    const hardState = this.#hardStateUnwritten ? this.#hardState : undefined;
    this.#hardStateUnwritten = false;
    const writes = { entries, ...(snapshot && { snapshot }), ...(hardState && { hardState }) };
    this.#options.disk.write(writes, () => this.#onDurable(job));
    return job;
  }

  /** Marks entries from `index` on as not those that the writes under way will make durable. */
  #replaceFrom(index: LogIndex): void {
    const before = logIndex(index - 1);
    this.#durable = logIndex(Math.min(this.#durable, before));
    for (const job of this.#jobs) job.valid = logIndex(Math.min(job.valid, before));
  }

  #onDurable(job: Job): void {
    assert(this.#jobs[0] === job, "writes become durable in their order");
    this.#jobs.shift();
    this.#durable = logIndex(Math.max(this.#durable, job.valid));
    for (const message of job.messages) this.#options.send(message);
    this.#options.onDurable(job.end);
  }
}
