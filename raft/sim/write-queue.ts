import type { Random } from "../../core/random.ts";
import {
  type HardState,
  type LogIndex,
  logIndex,
  type Message,
  type Ready,
  type Term,
  term,
} from "../core/types.ts";
import type { SimDisk } from "./disk.ts";

/** A Ready whose promises wait for the disk. */
interface Job {
  readonly ready: Ready;
  readonly messages: readonly Message[];
  readonly needsSync: boolean;
  readonly changesTerm: boolean;
}

export interface WriteQueueOptions {
  readonly disk: SimDisk;
  readonly random: Random;
  /** Calls back when a sync that begins now is done; never, if the process crashes before. */
  readonly sync: (done: () => void) => void;
  readonly send: (message: Message) => void;
  /** Everything before and in the Ready is durable and its messages have left. */
  readonly finish: (ready: Ready) => void;
  /** The disk holds what was taken so far, up to this entry. */
  readonly persisted: (index: LogIndex, term: Term) => void;
}

/**
 * Readies on their way through the disk, in their order. One sync covers all that wait when it begins (group commit);
 * more may be taken meanwhile. A commit index alone is worth no sync: it goes with the next one.
 */
export class WriteQueue {
  readonly #options: WriteQueueOptions;
  #jobs: Job[] = [];
  #syncing = false;
  #stopped = false;
  #hardState: HardState | undefined;

  constructor(options: WriteQueueOptions) {
    this.#options = options;
    this.#hardState = options.disk.load().hardState;
  }

  get isEmpty(): boolean {
    return this.#jobs.length === 0;
  }

  /** The process is gone: nothing that waits will be done. */
  stop(): void {
    this.#stopped = true;
  }

  take(ready: Ready): void {
    const { disk, random, send } = this.#options;
    const { entries, snapshot, immediate } = ready;
    const changesTerm = this.#noteHardState(ready.hardState);
    disk.write(ready, random);
    // Messages of a term that is not durable wait, whatever they say.
    const held = changesTerm || this.#jobs.some((job) => job.changesTerm);
    const messages = held ? [...immediate, ...ready.messages] : ready.messages;
    const needsSync = changesTerm || entries.length > 0 || snapshot !== undefined;
    this.#jobs.push({ ready, messages, needsSync, changesTerm });
    if (!held) for (const message of immediate) send(message);
    this.#advance();
  }

  #noteHardState(hardState: HardState | undefined): boolean {
    if (hardState === undefined) return false;
    const before = this.#hardState;
    this.#hardState = hardState;
    return hardState.term !== (before?.term ?? 0) || hardState.vote !== before?.vote;
  }

  /** Finishes what need not wait, and begins a sync for the rest. */
  #advance(): void {
    if (this.#syncing) return;
    while (this.#jobs[0]?.needsSync === false) this.#finishFirst();
    if (this.#jobs.length === 0 || this.#stopped) return;
    this.#syncing = true;
    const covered = this.#jobs.length;
    const records = this.#options.disk.unsynced;
    this.#options.sync(() => {
      this.#options.disk.sync(records);
      for (let i = 0; i < covered; i++) this.#finishFirst();
      this.#syncing = false;
      this.#advance();
    });
  }

  #finishFirst(): void {
    const job = this.#jobs.shift();
    if (job === undefined || this.#stopped) return;
    const { send, finish, persisted } = this.#options;
    const { ready, messages, needsSync } = job;
    for (const message of messages) send(message);
    finish(ready);
    const end = ready.entries.at(-1) ?? ready.snapshot;
    if (needsSync && !this.#stopped) persisted(end?.index ?? logIndex(0), end?.term ?? term(0));
  }
}
