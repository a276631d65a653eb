import { type LogIndex, logIndex } from "./types.ts";

/**
 * What a leader knows of one other member (figure 2, "Volatile state on leaders").
 *
 * - `probe`: it does not know where the logs meet: one message, then it waits for the answer.
 * - `replicate`: the logs meet at `match`: appends follow one another without waiting, up to a window.
 * - `snapshot`: a snapshot is on its way, nothing else is sent.
 *
 * Invariant: match < next.
 */
export class Progress {
  #state: "probe" | "replicate" | "snapshot" = "probe";
  #match: LogIndex = logIndex(0);
  #next: LogIndex;
  /** Last index of each append under way, rising. */
  #inflight: LogIndex[] = [];
  #pendingSnapshot: LogIndex = logIndex(0);
  /** Ticks since the oldest unanswered message left; `undefined` when no answer is due. */
  #waitingTicks: number | undefined;
  /** The last probe got no answer: the next one carries no entries, for the member may be dead. */
  #silent = false;
  /** The member was heard since the last look of check-quorum. */
  active = true;
  /** The commit index that was last sent to it. */
  sentCommit: LogIndex = logIndex(0);
  /** The newest heartbeat round that it answered. */
  ackedRound = 0;

  constructor(next: LogIndex) {
    this.#next = next;
  }

  get state() {
    return this.#state;
  }
  get match(): LogIndex {
    return this.#match;
  }
  get next(): LogIndex {
    return this.#next;
  }
  get carriesEntries(): boolean {
    return !this.#silent;
  }

  canSend(maxInflight: number): boolean {
    if (this.#state === "replicate") return this.#inflight.length < maxInflight;
    return this.#state === "probe" && this.#waitingTicks === undefined;
  }

  /** An append left whose last entry is `last` (`next` - 1 for one without entries). */
  sent(last: LogIndex): void {
    if (this.#state === "probe") {
      this.#waitingTicks = 0;
    } else if (last >= this.#next) {
      this.#inflight.push(last);
      this.#next = logIndex(last + 1);
      this.#waitingTicks ??= 0;
    }
  }

  sentSnapshot(index: LogIndex): void {
    this.#state = "snapshot";
    this.#pendingSnapshot = index;
    this.#inflight = [];
    this.#waitingTicks = 0;
  }

  /** Its log agrees with ours up to `index`. */
  matched(index: LogIndex): void {
    this.#match = logIndex(Math.max(this.#match, index));
    this.#silent = false;
    if (this.#state === "snapshot" && this.#match < this.#pendingSnapshot) return;
    if (this.#state !== "replicate") {
      this.#state = "replicate";
      this.#next = logIndex(this.#match + 1);
    }
    this.#next = logIndex(Math.max(this.#next, this.#match + 1));
    const answered = this.#inflight.findIndex((last) => last > index);
    this.#inflight = answered < 0 ? [] : this.#inflight.slice(answered);
    this.#waitingTicks = this.#inflight.length > 0 ? 0 : undefined;
  }

  /** Records that it refused an append after `refused`; `hint` is where the logs may meet. A late refusal changes nothing. */
  refused(refused: LogIndex, hint: LogIndex): void {
    if (refused <= this.#match || this.#state === "snapshot") return;
    if (this.#state === "replicate") {
      this.probe();
      return;
    }
    if (refused !== this.#next - 1) return;
    this.#next = logIndex(Math.max(this.#match + 1, Math.min(refused, hint + 1)));
    this.#waitingTicks = undefined;
    this.#silent = false;
  }

  /** Something was lost: ask again where the logs meet. */
  probe(): void {
    if (this.#state !== "probe") this.#next = logIndex(this.#match + 1);
    this.#state = "probe";
    this.#inflight = [];
    this.#waitingTicks = undefined;
  }

  /** The transport could not reach it: probe it, but no sooner than with the next heartbeat. */
  unreachable(): void {
    this.probe();
    this.#waitingTicks = 0;
    this.#silent = true;
  }

  /** An answer that never comes ends the wait: a probe is repeated, a window or a snapshot is given up. */
  tick(patienceTicks: {
    readonly probe: number;
    readonly replicate: number;
    readonly snapshot: number;
  }): void {
    if (this.#waitingTicks === undefined) return;
    this.#waitingTicks += 1;
    if (this.#waitingTicks < patienceTicks[this.#state]) return;
    this.probe();
    this.#silent = true;
  }
}
