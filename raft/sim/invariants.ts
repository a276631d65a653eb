import type { Entry, LogIndex, MemberId, Ready, Snapshot, Status, Term } from "../core/types.ts";
import type { Applied } from "../kv/machine.ts";
import { require } from "./violation.ts";

/** Observations of one member since its last restart. */
interface Observed {
  /** Its log as far as its Readies show it, by index; a hole is what a snapshot replaced. */
  log: Map<number, Entry>;
  last: number;
  term: Term;
  commit: LogIndex;
  /** The term in which it led when it was seen last. */
  ledTerm: Term | undefined;
  /** Entries that it alone saw first, neither durable nor sent to anyone: after a crash they never were. */
  readonly unseen: Set<number>;
}

/**
 * The properties of figure 3, and what they are good for, checked from outside after each step of each member: from
 * what a member hands to its driver, before anything of it reaches anyone else.
 */
export class Invariants {
  readonly #members = new Map<MemberId, Observed>();
  readonly #leaders = new Map<Term, MemberId>();
  /** Every entry that was ever in a log, with the term of the entry before it. By index and term. */
  readonly #entries = new Map<number, { readonly entry: Entry; readonly prevTerm: Term | undefined }>();
  /** Committed entries by index, with the term of the leader that was first seen to know it (or a later term). */
  readonly #committed: { readonly entry: Entry; readonly inTerm: Term }[] = [];
  readonly #applied = new Map<number, Entry>();
  readonly #snapshots = new Map<number, Uint8Array>();
  /** Index at which each command took effect. */
  readonly #effects = new Map<string, number>();
  #acknowledged = 0;
  #replaced = 0;

  /** A member starts with what its disk holds. */
  started(member: MemberId, status: Status, snapshot: Snapshot | undefined, entries: readonly Entry[]): void {
    const observed: Observed = {
      log: new Map(),
      last: snapshot?.index ?? 0,
      term: status.term,
      commit: status.commit,
      ledTerm: undefined,
      unseen: new Set(),
    };
    this.#members.set(member, observed);
    if (snapshot !== undefined) this.#checkSnapshot(snapshot);
    this.#write(member, observed, entries, snapshot?.term);
    this.shown(member, entries);
  }

  /** Index up to which all was acknowledged to a client, or seen by one: a read that begins now must not be older. */
  get readFloor(): number {
    return this.#acknowledged;
  }

  /** Number of committed entries. */
  get commits(): number {
    return this.#committed.length;
  }

  /** Terms that had a leader. */
  get elections(): number {
    return this.#leaders.size;
  }

  /** Entries that another leader's replaced. */
  get replaced(): number {
    return this.#replaced;
  }

  crashed(member: MemberId): void {
    for (const key of this.#observed(member).unseen) this.#entries.delete(key);
    this.#members.delete(member);
  }

  /** The member has these entries on disk, or they have left it. */
  shown(member: MemberId, entries: readonly Entry[]): void {
    const { unseen } = this.#observed(member);
    if (unseen.size > 0) for (const entry of entries) unseen.delete(keyOf(entry));
  }

  acknowledge(index: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, index);
  }

  /** Checks the invariants after each step. */
  stepped(member: MemberId, { role, term, commit }: Status): void {
    const observed = this.#observed(member);
    require(term >= observed.term, "election safety", () =>
      `member ${member} went back from term ${observed.term} to ${term}`);
    require(commit >= observed.commit, "monotonic commit", () =>
      `member ${member} went back from commit ${observed.commit} to ${commit}`);
    observed.term = term;
    observed.commit = commit;
    if (role !== "leader") return;
    const other = this.#leaders.get(term);
    require(other === undefined || other === member, "election safety", () =>
      `members ${other} and ${member} both lead term ${term}`);
    this.#leaders.set(term, member);
  }

  /** A Ready was taken, nothing of it has left yet. */
  took(member: MemberId, ready: Ready): void {
    const observed = this.#observed(member);
    const { status, entries, snapshot } = ready;
    const leads = status.role === "leader" ? status.term : undefined;
    if (leads !== undefined && observed.ledTerm === leads) {
      const first = entries[0]?.index ?? observed.last + 1;
      require(first > observed.last && snapshot === undefined, "leader append-only", () =>
        `leader ${member} of term ${leads} replaced its entry ${first}`);
    }
    if (snapshot !== undefined) {
      this.#checkSnapshot(snapshot);
      observed.log.clear();
      observed.last = snapshot.index;
    }
    this.#write(member, observed, entries, snapshot?.term);
    this.#noteCommitted(member, observed, status);
    if (leads !== undefined && observed.ledTerm !== leads) {
      for (const index of this.#committed.keys()) this.#checkLeaderHas(member, observed, leads, index);
    }
    observed.ledTerm = leads;
  }

  /** §5.4.3, State Machine Safety; and that a command that is in the log twice takes effect once. */
  applied(member: MemberId, entry: Entry, applied: Applied | undefined): void {
    const other = this.#applied.get(entry.index);
    require(other === undefined || sameEntry(other, entry), "state machine safety", () =>
      `member ${member} applies another entry at ${entry.index} (term ${entry.term}) than was applied before (term ${other?.term})`);
    this.#applied.set(entry.index, entry);
    if (applied === undefined || applied.duplicate || !applied.result.ok) return;
    const command = `${applied.proposer}/${applied.incarnation}/${applied.sequence}`;
    const earlier = this.#effects.get(command);
    require(earlier === undefined || earlier === entry.index, "exactly once", () =>
      `command ${command} took effect at ${earlier} and again at ${entry.index}`);
    this.#effects.set(command, entry.index);
  }

  /** Thesis §6.4: `floor` is the readFloor of when the read began. */
  confirmed(member: MemberId, index: number, floor: number): void {
    require(index >= floor, "linearizable reads", () =>
      `member ${member} may answer a read from index ${index}, but ${floor} had been acknowledged before the read began`);
  }

  snapshotTaken(snapshot: Snapshot): void {
    this.#checkSnapshot(snapshot);
  }

  /** Members that applied the same entries have the same state, to the byte. */
  #checkSnapshot({ index, data }: Snapshot): void {
    const other = this.#snapshots.get(index);
    require(other === undefined || sameBytes(other, data), "state machine safety", () =>
      `two states of index ${index} differ`);
    this.#snapshots.set(index, data);
  }

  /**
   * Log Matching: an index and a term name one entry and one entry before it; by induction the logs up to it are one.
   */
  #write(member: MemberId, observed: Observed, entries: readonly Entry[], baseTerm: Term | undefined): void {
    const first = entries[0];
    if (first === undefined) return;
    for (let gone = first.index as number; gone <= observed.last; gone++) {
      observed.log.delete(gone);
      this.#replaced += 1;
    }
    let prevTerm = observed.log.get(first.index - 1)?.term ?? baseTerm;
    for (const entry of entries) {
      const key = keyOf(entry);
      const known = this.#entries.get(key);
      require(known === undefined || sameEntry(known.entry, entry), "log matching", () =>
        `member ${member} holds another entry ${entry.index} of term ${entry.term} than another member`);
      const agrees = known?.prevTerm === undefined || prevTerm === undefined || known.prevTerm === prevTerm;
      require(agrees, "log matching", () =>
        `before entry ${entry.index} of term ${entry.term}, member ${member} holds term ${prevTerm}, another member ${known?.prevTerm}`);
      if (known?.prevTerm === undefined) this.#entries.set(key, { entry, prevTerm });
      if (known === undefined) observed.unseen.add(key);
      observed.log.set(entry.index, entry);
      prevTerm = entry.term;
    }
    observed.last = entries.at(-1)?.index ?? observed.last;
  }

  #noteCommitted(member: MemberId, observed: Observed, { commit, term }: Status): void {
    for (let index = this.#committed.length; index < commit; index++) {
      const entry = observed.log.get(index + 1);
      require(entry !== undefined, "state machine safety", () =>
        `member ${member} commits ${index + 1}, which nobody was seen to commit and it does not hold`);
      this.#committed.push({ entry, inTerm: term });
      for (const [other, { ledTerm }] of this.#members) {
        if (ledTerm !== undefined) this.#checkLeaderHas(other, this.#observed(other), ledTerm, index);
      }
    }
  }

  /** Leader Completeness: what was committed in an earlier term is in the leader's log. `at` counts from 0. */
  #checkLeaderHas(leader: MemberId, observed: Observed, ledTerm: Term, at: number): void {
    const committed = this.#committed[at];
    if (committed === undefined || committed.inTerm >= ledTerm) return;
    const held = observed.log.get(at + 1);
    const compacted = held === undefined && at + 1 <= observed.commit;
    require(compacted || held?.term === committed.entry.term, "leader completeness", () =>
      `leader ${leader} of term ${ledTerm} lacks entry ${at + 1}, committed in term ${committed.inTerm}`);
  }

  #observed(member: MemberId): Observed {
    const observed = this.#members.get(member);
    if (observed === undefined) throw new Error(`member ${member} never started`);
    return observed;
  }
}

const keyOf = ({ index, term }: Entry): number => index * 2 ** 20 + term;

const sameEntry = (a: Entry, b: Entry): boolean =>
  a === b || (a.term === b.term && a.type === b.type && sameBytes(a.data, b.data));

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a === b || (a.length === b.length && a.every((byte, i) => byte === b[i]));
