import type { Nanos } from "../../core/time.ts";
import type { LogIndex } from "../core/types.ts";
import { ReplicaError } from "./replica.ts";

export interface ReadsOptions {
  readonly requestTimeout: Nanos;
  /** Time that a read waits for a leader to be elected. */
  readonly patience: Nanos;
}

interface Waiter {
  readonly since: Nanos;
  readonly resolve: () => void;
  readonly reject: (error: ReplicaError) => void;
  settled: boolean;
}

/**
 * Reads that wait to be confirmed (thesis §6.4). All that came since the last question share one question to Raft. A
 * read that Raft refused, because the leader was lost, is asked again.
 */
export class Reads {
  readonly #options: ReadsOptions;
  #context = 0;
  /** Not asked yet. */
  #waiting: Waiter[] = [];
  /** Refused: asked again at the next tick. */
  #refused: Waiter[] = [];
  readonly #asked = new Map<number, readonly Waiter[]>();
  /** Confirmed, but what they must see is not applied yet. */
  #confirmed: { readonly index: LogIndex; readonly waiters: readonly Waiter[] }[] = [];

  constructor(options: ReadsOptions) {
    this.#options = options;
  }

  add(now: Nanos): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ since: now, resolve, reject, settled: false });
    });
  }

  /** The context under which Raft is to be asked for all that wait; undefined if nothing does. */
  take(): number | undefined {
    if (this.#waiting.length === 0) return undefined;
    this.#context++;
    this.#asked.set(this.#context, this.#waiting);
    this.#waiting = [];
    return this.#context;
  }

  confirmed(context: number, index: LogIndex): void {
    const waiters = this.#asked.get(context);
    if (waiters === undefined) return;
    this.#asked.delete(context);
    this.#confirmed.push({ index, waiters });
  }

  refused(context: number): void {
    this.#refused.push(...(this.#asked.get(context) ?? []));
    this.#asked.delete(context);
  }

  /** Answers the reads that see everything they must. */
  applied(index: LogIndex): void {
    if (this.#confirmed.length === 0) return;
    for (const read of this.#confirmed) {
      if (read.index > index) continue;
      for (const waiter of read.waiters) {
        waiter.settled = true;
        waiter.resolve();
      }
    }
    this.#confirmed = this.#confirmed.filter((read) => read.index > index);
  }

  /** Gives up on what has waited too long, and asks again for what was refused. `leaderlessSince`: nobody leads since. */
  tick(leaderlessSince: Nanos | undefined, now: Nanos): void {
    const { requestTimeout, patience } = this.#options;
    const expire = (waiters: readonly Waiter[]) => {
      for (const waiter of waiters) {
        if (leaderlessSince !== undefined && now - Math.max(leaderlessSince, waiter.since) > patience)
          giveUp(waiter, new ReplicaError("no-leader", "no leader is known"));
        else if (now - waiter.since > requestTimeout)
          giveUp(waiter, new ReplicaError("timeout", "no majority confirmed the read in time"));
      }
    };
    expire(this.#refused);
    for (const waiters of this.#asked.values()) expire(waiters);
    for (const { waiters } of this.#confirmed) expire(waiters);
    for (const [context, waiters] of this.#asked)
      if (waiters.every((waiter) => waiter.settled)) this.#asked.delete(context);
    this.#waiting.push(...this.#refused.filter((waiter) => !waiter.settled));
    this.#refused = [];
  }

  stop(): void {
    const asked = [...this.#asked.values(), ...this.#confirmed.map(({ waiters }) => waiters)].flat();
    for (const waiter of [...this.#waiting, ...this.#refused, ...asked])
      giveUp(waiter, new ReplicaError("stopping", "the server is stopping"));
    this.#waiting = [];
    this.#refused = [];
    this.#asked.clear();
    this.#confirmed = [];
  }
}

function giveUp(waiter: Waiter, error: ReplicaError): void {
  if (waiter.settled) return;
  waiter.settled = true;
  waiter.reject(error);
}
