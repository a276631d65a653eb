import { realClock } from "../../core/real-clock.ts";
import { seconds as secondsOf } from "../../core/time.ts";
import type { Limits } from "../linearizability/limits.ts";
import type { Columns } from "../linearizability/register/columns.ts";
import type { NumberedJudgement } from "../linearizability/search/numbered-judgement.ts";
import { Thread } from "./node-thread.ts";
import type { Task } from "./node-worker.ts";
import type { Failed, Workers } from "./workers.ts";

/** A thread that has not answered after 1.1 times its time limit is ended. */
const patience = 1.1;
/** Seconds; a timer of the platform cannot wait for much longer. */
const longestWatch = 1e6;
/** Heap that a thread needs in addition to what the checker accounts for. */
const spareMegabytes = 128;

/** Judges registers in threads of Node, which end with the judgement. */
export const nodeWorkers: Workers = workersFrom(new URL("./node-worker.ts", import.meta.url));

/** Workers in threads that run `entry`: node-worker.ts says what such a module does. */
export function workersFrom(entry: URL): Workers {
  return {
    async judge(registers, threads, limits) {
      const judgements: (NumberedJudgement | Failed)[] = [];
      const waiting = registers.keys();
      await Promise.all(
        Array.from({ length: threads }, async () => {
          const judge = new Judge(entry, limits);
          try {
            for (const i of waiting) judgements[i] = await judge.judge(registers[i] as Columns);
          } finally {
            await judge.end();
          }
        }),
      );
      return judgements;
    },
  };
}

/** Judges one register after another, in a thread as long as that lasts. */
class Judge {
  readonly #entry: URL;
  readonly #limits: Limits;
  #thread: Thread | undefined;
  /** Why threads do not even start. */
  #broken: Failed | undefined;

  constructor(entry: URL, limits: Limits) {
    this.#entry = entry;
    this.#limits = limits;
  }

  async judge(columns: Columns): Promise<NumberedJudgement | Failed> {
    if (this.#secondsLeft() <= 0) return late;
    const cancel = this.#watch();
    try {
      const thread = await this.#ready();
      const task: Task = {
        columns: owned(columns),
        secondsLeft: this.#secondsLeft(),
        memoryBytes: this.#limits.memoryBytes,
      };
      thread.send(task);
      return (await thread.next()) as NumberedJudgement;
    } catch (reason) {
      await this.end();
      if (this.#secondsLeft() <= 0) return late;
      return this.#broken ?? failed(reason);
    } finally {
      cancel();
    }
  }

  async end(): Promise<void> {
    await this.#thread?.end();
    this.#thread = undefined;
  }

  async #ready(): Promise<Thread> {
    if (this.#thread !== undefined) return this.#thread;
    if (this.#broken !== undefined) throw new Error(this.#broken.reason);
    const megabytes = Math.ceil(this.#limits.memoryBytes / 2 ** 20) + spareMegabytes;
    const resourceLimits = Number.isFinite(megabytes) ? { maxOldGenerationSizeMb: megabytes } : {};
    this.#thread = new Thread(this.#entry, resourceLimits);
    try {
      await this.#thread.next();
    } catch (reason) {
      this.#broken = failed(reason);
      throw reason;
    }
    return this.#thread;
  }

  /** Ends the thread when it is overdue, whatever it is doing. */
  #watch(): () => void {
    const seconds = this.#secondsLeft() * patience;
    if (seconds > longestWatch) return () => {};
    return realClock().after(secondsOf(seconds), () => {
      void this.#thread?.end();
    });
  }

  #secondsLeft(): number {
    return this.#limits.deadlineSeconds - this.#limits.now();
  }
}

const late: NumberedJudgement = { kind: "unknown", limit: "time-limit", judged: 0, states: [0] };

const failed = (reason: unknown): Failed => ({
  kind: "failed",
  reason: reason instanceof Error ? reason.message : String(reason),
});

/** Columns that share no memory with others: to send a part of a buffer sends all of it. */
function owned(columns: Columns): Columns {
  const { size, valueCount } = columns;
  return {
    size,
    valueCount,
    source: columns.source.slice(),
    kind: columns.kind.slice(),
    value: columns.value.slice(),
    to: columns.to.slice(),
    optional: columns.optional.slice(),
    callIndex: columns.callIndex.slice(),
    returnIndex: columns.returnIndex.slice(),
  };
}
