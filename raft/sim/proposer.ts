import type { MemberId } from "../core/types.ts";
import { encodeCommand } from "../kv/command.ts";
import type { WriteRequest } from "../kv/request.ts";

interface Pending {
  readonly command: Uint8Array;
  retryAt: number;
  waitMs: number;
}

/** Time that a proposer waits for an answer before it sends a command again; twice as long each time. */
const patienceMs = 400;

/** The requests that clients gave to one process of a member and that have no answer yet. */
export class Proposer {
  readonly #member: MemberId;
  readonly #incarnation: number;
  readonly #pending = new Map<number, Pending>();
  #sequence = 0;

  constructor(member: MemberId, incarnation: number) {
    this.#member = member;
    this.#incarnation = incarnation;
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** The command to propose for a new request. */
  take(request: WriteRequest, now: number): Uint8Array {
    const [oldest = this.#sequence + 1] = this.#pending.keys();
    this.#sequence += 1;
    const command = encodeCommand({
      proposer: this.#member,
      incarnation: this.#incarnation,
      sequence: this.#sequence,
      settled: oldest - 1,
      request,
    });
    this.#pending.set(this.#sequence, { command, retryAt: now + patienceMs, waitMs: patienceMs });
    return command;
  }

  all(): readonly Uint8Array[] {
    return [...this.#pending.values()].map(({ command }) => command);
  }

  /** Commands that have waited for too long; they begin to wait again. */
  unanswered(now: number): readonly Uint8Array[] {
    const late = [...this.#pending.values()].filter(({ retryAt }) => retryAt <= now);
    for (const pending of late) {
      pending.waitMs *= 2;
      pending.retryAt = now + pending.waitMs;
    }
    return late.map(({ command }) => command);
  }

  /** The answers to these sequences are known: how many of them were waited for. */
  settleWhere(known: (sequence: number) => boolean): number {
    const done = [...this.#pending.keys()].filter(known);
    for (const sequence of done) this.#pending.delete(sequence);
    return done.length;
  }
}
