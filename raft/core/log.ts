import { assert } from "../../core/assert.ts";
import { MembershipHistory } from "./membership.ts";
import type { Persisted } from "./storage.ts";
import { type Entry, type LogIndex, logIndex, type Snapshot, type Term, term } from "./types.ts";

/** Maximum bytes of data in the entries that are kept behind a snapshot. */
const retainedBytesMax = 16 * 2 ** 20;

/**
 * The log in memory: what the snapshot replaces is gone but for a tail, so that a follower a little behind needs no
 * snapshot. Every entry is also on disk or on its way there.
 *
 * Invariant: first - 1 <= snapshot.index <= commit <= last; durable <= last; handed <= commit (but for a mutant).
 */
export class RaftLog {
  #entries: Entry[];
  /** Index of #entries[0], were it there. */
  #first: LogIndex;
  /** Term of the entry before `#first`. */
  #baseTerm: Term;
  /** Entries from here on were not yet given to the driver. */
  #unsaved: LogIndex;
  /** Entries up to here were given to the driver to apply. */
  #handed: LogIndex;
  #commit: LogIndex;
  #durable: LogIndex;
  #snapshot: Snapshot | undefined;
  /** A snapshot from the leader that the driver does not have yet. */
  #unsavedSnapshot: Snapshot | undefined;
  #memberships: MembershipHistory;

  constructor(persisted: Persisted) {
    const { snapshot, entries } = persisted;
    this.#snapshot = snapshot;
    this.#entries = [...entries];
    this.#first = logIndex((snapshot?.index ?? 0) + 1);
    this.#baseTerm = snapshot?.term ?? term(0);
    this.#memberships = new MembershipHistory(
      snapshot?.index ?? logIndex(0),
      snapshot?.membership ?? persisted.bootstrap,
    );
    for (const [i, entry] of entries.entries()) {
      assert(
        entry.index === this.#first + i,
        `entry ${entry.index} does not follow the snapshot without a gap`,
      );
      this.#memberships.append(entry);
    }
    this.#durable = this.last;
    this.#unsaved = logIndex(this.last + 1);
    const base = this.#first - 1;
    // The hard state may have reached the disk without the entries that followed it in the same write.
    this.#commit = logIndex(Math.min(this.last, Math.max(base, persisted.hardState?.commit ?? 0)));
    this.#handed = logIndex(Math.max(base, persisted.applied));
  }

  get first(): LogIndex {
    return this.#first;
  }
  get last(): LogIndex {
    return logIndex(this.#first + this.#entries.length - 1);
  }
  get lastTerm(): Term {
    return this.#entries.at(-1)?.term ?? this.#baseTerm;
  }
  get commit(): LogIndex {
    return this.#commit;
  }
  /** The last entry that this member itself has on disk. */
  get durable(): LogIndex {
    return this.#durable;
  }
  /** Snapshot for a follower that needs entries from before `first`. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }
  get memberships(): MembershipHistory {
    return this.#memberships;
  }

  /** `undefined`: compacted, or not there yet. */
  term(index: LogIndex): Term | undefined {
    if (index === this.#first - 1) return this.#baseTerm;
    return this.#entries[index - this.#first]?.term;
  }

  /** Entries from `from` on: at most `maxEntries`, at most `maxBytes` of data, but one at least if there is one. */
  slice(from: LogIndex, maxEntries: number, maxBytes: number): Entry[] {
    const start = from - this.#first;
    let bytes = 0;
    let end = start;
    for (; end < this.#entries.length && end - start < maxEntries; end++) {
      bytes += this.#entries[end]?.data.byteLength ?? 0;
      if (bytes > maxBytes && end > start) break;
    }
    return this.#entries.slice(start, end);
  }

  /** Puts `entries`, which continue one another, in their places: what stood there and after goes (§5.3). */
  append(entries: readonly Entry[]): void {
    const head = entries[0];
    if (head === undefined) return;
    assert(head.index <= this.last + 1, `entry ${head.index} leaves a gap after ${this.last}`);
    if (head.index <= this.last) this.#truncate(head.index);
    for (const entry of entries) {
      this.#entries.push(entry);
      this.#memberships.append(entry);
    }
  }

  #truncate(index: LogIndex): void {
    assert(index > this.#commit, `entry ${index} is committed (${this.#commit}) and cannot be replaced`);
    this.#entries.length = index - this.#first;
    this.#memberships.truncate(index);
    this.#unsaved = logIndex(Math.min(this.#unsaved, index));
    this.#durable = logIndex(Math.min(this.#durable, index - 1));
  }

  /** §5.4.1: the later last term wins; with the same last term, the longer log. */
  isUpToDate(lastIndex: LogIndex, lastTerm: Term): boolean {
    return lastTerm > this.lastTerm || (lastTerm === this.lastTerm && lastIndex >= this.last);
  }

  /**
   * The last entry at or before `index` whose term is not above `limit`: where two logs that differ may agree again.
   * This skips a whole term at each refusal (§5.3, the optimisation at its end).
   */
  lastNotAbove(index: LogIndex, limit: Term): { readonly index: LogIndex; readonly term: Term } {
    let at = logIndex(Math.min(index, this.last));
    for (; at >= this.#first; at = logIndex(at - 1)) {
      const here = this.term(at);
      if (here !== undefined && here <= limit) return { index: at, term: here };
    }
    return { index: at, term: this.term(at) ?? term(0) };
  }

  commitTo(index: LogIndex): boolean {
    if (index <= this.#commit) return false;
    assert(index <= this.last, `commit ${index} lies behind the log's end ${this.last}`);
    this.#commit = index;
    return true;
  }

  /** The driver has `index` on disk, if what stands there is still what it was. */
  persisted(index: LogIndex, termThere: Term): void {
    if (index >= this.#unsaved || this.term(index) !== termThere) return;
    this.#durable = logIndex(Math.max(this.#durable, index));
  }

  /** Forgets what `snapshot` replaces but for a tail of `retained` entries at most, and not too many bytes. */
  compact(snapshot: Snapshot, retained: number): void {
    if (snapshot.index <= (this.#snapshot?.index ?? 0) || snapshot.index > this.#commit) return;
    this.#snapshot = snapshot;
    this.#memberships.compact(snapshot.index);
    let base = snapshot.index as number;
    for (let bytes = 0; base >= this.#first && snapshot.index - base < retained; base--) {
      bytes += this.#entries[base - this.#first]?.data.byteLength ?? 0;
      if (bytes > retainedBytesMax) break;
    }
    const baseTerm = this.term(logIndex(base));
    if (base < this.#first || baseTerm === undefined) return;
    this.#entries = this.#entries.slice(base + 1 - this.#first);
    this.#first = logIndex(base + 1);
    this.#baseTerm = baseTerm;
  }

  /** §7: the leader's snapshot replaces the whole log. */
  restore(snapshot: Snapshot): void {
    assert(snapshot.index > this.#commit, "a snapshot never takes the state machine back");
    this.#entries = [];
    this.#first = logIndex(snapshot.index + 1);
    this.#baseTerm = snapshot.term;
    this.#commit = snapshot.index;
    this.#handed = snapshot.index;
    this.#durable = snapshot.index;
    this.#unsaved = this.#first;
    this.#snapshot = snapshot;
    this.#unsavedSnapshot = snapshot;
    this.#memberships = new MembershipHistory(snapshot.index, snapshot.membership);
  }

  get hasUnsaved(): boolean {
    return this.#unsaved <= this.last || this.#unsavedSnapshot !== undefined;
  }

  takeUnsaved(): { readonly entries: readonly Entry[]; readonly snapshot: Snapshot | undefined } {
    const entries = this.#entries.slice(this.#unsaved - this.#first);
    const snapshot = this.#unsavedSnapshot;
    this.#unsaved = logIndex(this.last + 1);
    this.#unsavedSnapshot = undefined;
    return { entries, snapshot };
  }

  hasCommitted(limit: LogIndex): boolean {
    return limit > this.#handed;
  }

  /** Entries to apply: those up to `limit`, which is the commit index unless a mutant says more. */
  takeCommitted(limit: LogIndex): readonly Entry[] {
    if (!this.hasCommitted(limit)) return [];
    const entries = this.#entries.slice(this.#handed + 1 - this.#first, limit + 1 - this.#first);
    this.#handed = limit;
    return entries;
  }
}
