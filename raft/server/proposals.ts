import type { Nanos } from "../../core/time.ts";
import type { Status } from "../core/types.ts";
import { decodeCommand, encodeCommand } from "../kv/command.ts";
import type { KvResult, WriteRequest } from "../kv/request.ts";
import { ReplicaError } from "./replica.ts";

export interface ProposalsOptions {
  readonly proposer: number;
  readonly incarnation: number;
  readonly requestTimeout: Nanos;
  /** How long a request waits for a leader before it is refused, and a command for its answer before it is sent again. */
  readonly patience: Nanos;
  readonly countMax: number;
  readonly bytesMax: number;
  /** Maximum bytes given to Raft together; one command may be longer. */
  readonly bytesAtOnceMax: number;
}

interface Pending {
  readonly sequence: number;
  readonly data: Uint8Array;
  readonly since: Nanos;
  readonly resolve: (result: KvResult) => void;
  readonly reject: (error: ReplicaError) => void;
  /** Number of times it was given to Raft. 0: it definitely has no effect so far. */
  attempts: number;
  /** The reign for which it was given to Raft last; undefined: it is to be given. */
  sentTo: string | undefined;
  sentAt: Nanos;
}

/**
 * Requests that wait for the state machine's answer. A command whose fate is not known (the leader changed, the message
 * to the leader may be lost) is proposed again as it is: the state machine applies it once.
 */
export class Proposals {
  readonly #options: ProposalsOptions;
  /** Pending requests by rising sequence. */
  readonly #pending = new Map<number, Pending>();
  #bytes = 0;
  #sequence = 0;
  /** Requests to give to Raft, again or for the first time, as soon as somebody leads. */
  #unsent: Pending[] = [];

  constructor(options: ProposalsOptions) {
    this.#options = options;
  }

  add(request: WriteRequest, now: Nanos): Promise<KvResult> {
    const { proposer, incarnation, countMax, bytesMax } = this.#options;
    if (this.#pending.size >= countMax || this.#bytes >= bytesMax)
      return Promise.reject(
        new ReplicaError("overloaded", `${this.#pending.size} requests are under way already`),
      );
    const sequence = ++this.#sequence;
    const [oldest] = this.#pending.keys();
    const settled = (oldest ?? sequence) - 1;
    const data = encodeCommand({ proposer, incarnation, sequence, settled, request });
    this.#bytes += data.length;
    return new Promise((resolve, reject) => {
      const life = { since: now, attempts: 0, sentTo: undefined, sentAt: now };
      const pending: Pending = { sequence, data, resolve, reject, ...life };
      this.#pending.set(sequence, pending);
      this.#unsent.push(pending);
    });
  }

  /** Commands to propose now: none while nobody leads, and no more than one message can carry. */
  take(status: Status, now: Nanos): Uint8Array[] {
    if (this.#unsent.length === 0 || status.leader === undefined) return [];
    const commands: Uint8Array[] = [];
    let bytes = 0;
    let taken = 0;
    for (const pending of this.#unsent) {
      bytes += pending.data.length;
      if (bytes > this.#options.bytesAtOnceMax && commands.length > 0) break;
      taken++;
      // It may have been answered, or given up, since it was put there.
      if (!this.#pending.has(pending.sequence)) continue;
      pending.sentTo = reignOf(status);
      pending.sentAt = now;
      pending.attempts++;
      commands.push(pending.data);
    }
    this.#unsent.splice(0, taken);
    return commands;
  }

  /**
   * A leader is known that was not before: another member, or the same one in another term or heard again after a
   * silence. Whether it has what was sent before is not known.
   */
  leaderAppeared(): void {
    for (const pending of this.#pending.values()) if (pending.sentTo !== undefined) this.#sendAgain(pending);
  }

  /** Raft neither took nor forwarded the command. */
  dropped(command: Uint8Array): void {
    const { proposer, incarnation, sequence } = decodeCommand(command);
    if (proposer !== this.#options.proposer || incarnation !== this.#options.incarnation) return;
    const pending = this.#pending.get(sequence);
    if (pending === undefined) return;
    pending.attempts--;
    this.#sendAgain(pending);
  }

  /** The state machine's answer. Of a request that was given up on: ignored. */
  settle(sequence: number, result: KvResult): void {
    this.#remove(sequence)?.resolve(result);
  }

  /** The answers that `resultOf` knows: after a snapshot brought a state in which commands are applied already. */
  settleKnown(resultOf: (sequence: number) => KvResult | undefined): void {
    for (const sequence of [...this.#pending.keys()]) {
      const result = resultOf(sequence);
      if (result !== undefined) this.settle(sequence, result);
    }
  }

  /** Gives up on what has waited too long, and marks what is to be sent again. `leaderlessSince`: nobody leads since. */
  tick(status: Status, leaderlessSince: Nanos | undefined, now: Nanos): void {
    const { requestTimeout, patience } = this.#options;
    for (const pending of [...this.#pending.values()]) {
      const inVain =
        leaderlessSince !== undefined && now - Math.max(leaderlessSince, pending.since) > patience;
      if (pending.attempts === 0 && inVain) {
        this.#giveUp(pending, "no-leader", "no leader is known");
      } else if (now - pending.since > requestTimeout) {
        if (pending.sentTo === reignOf(status)) this.#giveUp(pending, "timeout", "no answer in time");
        else this.#giveUp(pending, "leader-lost", "the leader was lost while the request was under way");
      } else if (pending.sentTo !== undefined && this.#mayBeLost(pending, status, now)) {
        this.#sendAgain(pending);
      }
    }
  }

  /** Ends all proposals. */
  stop(): void {
    for (const pending of [...this.#pending.values()]) {
      if (pending.attempts === 0) this.#giveUp(pending, "stopping", "the server is stopping");
      else this.#giveUp(pending, "leader-lost", "the server is stopping, the request was under way");
    }
  }

  /** A command that the leader itself took is in its log; a forwarded one may be lost, so it is sent again, ever more rarely. */
  #mayBeLost(pending: Pending, status: Status, now: Nanos): boolean {
    if (status.role === "leader" && pending.sentTo === reignOf(status)) return false;
    return now - pending.sentAt > this.#options.patience * 2 ** Math.min(pending.attempts - 1, 4);
  }

  #sendAgain(pending: Pending): void {
    pending.sentTo = undefined;
    this.#unsent.push(pending);
  }

  #giveUp(pending: Pending, code: ReplicaError["code"], message: string): void {
    this.#remove(pending.sequence)?.reject(new ReplicaError(code, message));
  }

  #remove(sequence: number): Pending | undefined {
    const pending = this.#pending.get(sequence);
    if (pending === undefined) return undefined;
    this.#pending.delete(sequence);
    this.#bytes -= pending.data.length;
    return pending;
  }
}

/** A reign: what one member takes while it leads in one term is in one log. */
const reignOf = ({ term, leader }: Status): string => `${leader} ${term}`;
