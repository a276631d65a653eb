/**
 * Matches the events of a watch with the changes of what it follows, in one pass: by key and revision or, where a system
 * reports no revisions, by key and kind of change in order. What is passed over waits, in case it comes later.
 */
import type { NoticeEvent } from "../../../core/history.ts";
import type { Revision } from "../../../core/op.ts";
import type { FindingKind } from "../findings/findings.ts";
import { type Due, describes, firstPosition } from "../truth/expected.ts";
import type { Change } from "../truth/truth.ts";

/** The change that an event reports, and what is wrong with it at this point. */
export interface Match {
  /** Absent if the event reports no change that may come now, or one whose place nobody knows. */
  readonly change?: Change;
  readonly wrong?: {
    readonly kind: FindingKind;
    readonly change?: Change;
    /** What was received before: an event's or a progress notification's revision. */
    readonly revision?: Revision;
  };
}

export interface SequenceOptions {
  /** Whether all changes of a revision must arrive together. */
  readonly isAtomic: boolean;
  /** Whether nothing says at which revision the watch begins. */
  readonly startsAnywhere: boolean;
  /** Whether the watch must report the change. */
  isOwed(change: Change): boolean;
  /** Whether some changes of the key may have happened at any place, as far as was known at an event. */
  isVague(key: string, index: number): boolean;
}

/** An event without a revision is looked for among this many changes. */
const lookAhead = 1000;
const nowhere = Number.NEGATIVE_INFINITY;

export class Sequence {
  readonly #changes: readonly Change[];
  readonly #options: SequenceOptions;
  #position: number;
  #rest: Change[] = [];
  /** The revision that was received last, and in which delivery it began. */
  #open = nowhere;
  #openedIn = -1;
  #isSplit = false;
  #last: Change | undefined;
  #highest = nowhere;
  #progress = nowhere;
  readonly #skipped = new Map<string, Change>();

  constructor({ changes }: Due, start: Revision, options: SequenceOptions) {
    this.#changes = changes;
    this.#options = options;
    this.#position = firstPosition(changes.length, (i) => this.#change(i).revision >= start);
  }

  /** The position of the first change that was neither received nor passed over. */
  get position(): number {
    return this.#position;
  }

  /** What is missing of the revision that was received last. */
  get rest(): readonly Change[] {
    return this.#rest;
  }

  /** The changes that were passed over, in the order in which that happened. */
  get skipped(): Iterable<Change> {
    return this.#skipped.values();
  }

  /** The highest revision of an event or a progress notification. */
  get reached(): Revision {
    return Math.max(this.#highest, this.#progress);
  }

  /** Takes an event that came with the delivery of that number. */
  take(notice: NoticeEvent, delivery: number): Match {
    const { key = "", revision } = notice;
    const match =
      revision === undefined ? this.#next(notice, key, delivery) : this.#at(key, revision, delivery);
    // An event without a value may be that of a write without an answer, which no value has placed.
    const hasNoValue = notice.value === undefined && notice.f !== "delete";
    if (match === unexpected && hasNoValue && this.#options.isVague(key, notice.index)) return {};
    if (match.change === undefined) return match;
    this.#last = match.change;
    this.#highest = Math.max(this.#highest, match.change.revision);
    return match;
  }

  /** Passes over everything up to a revision that was reported as the progress. */
  progressTo(revision: Revision): void {
    this.#passTo(firstPosition(this.#changes.length, (i) => this.#change(i).revision > revision));
    this.#progress = revision;
  }

  #change(position: number): Change {
    return this.#changes[position] as Change;
  }

  #at(key: string, revision: Revision, delivery: number): Match {
    if (revision < this.#open || revision <= this.#progress) return this.#again(key, revision);
    if (revision === this.#open) {
      const change = this.#takeRest((one) => one.key === key);
      if (change === undefined) return this.#again(key, revision);
      if (!this.#options.isAtomic || delivery === this.#openedIn || this.#isSplit) return { change };
      this.#isSplit = true;
      return { change, wrong: { kind: "split-revision", change } };
    }
    const position = this.#seek(revision);
    const first = this.#changes[position];
    if (first?.revision !== revision) return unexpected;
    if (first.key === key && this.#changes[position + 1]?.revision !== revision) {
      // The usual case, a revision of one change.
      this.#passTo(position);
      this.#begin(revision, delivery);
      this.#position++;
      return { change: first };
    }
    this.#openAt(position, delivery);
    const change = this.#takeRest((one) => one.key === key);
    return change === undefined ? unexpected : { change };
  }

  /** An event at or below what was received before: it comes too late, or once more, or from nowhere. */
  #again(key: string, revision: Revision): Match {
    const name = placeOf(key, revision);
    const change = this.#skipped.get(name);
    if (change === undefined) {
      const known = this.#find(key, revision);
      return known === undefined ? unexpected : { wrong: { kind: "duplicate-event", change: known } };
    }
    this.#skipped.delete(name);
    return revision <= this.#progress
      ? { change, wrong: { kind: "event-after-progress", change, revision: this.#progress } }
      : { change, wrong: { kind: "event-out-of-order", change, revision: this.#highest } };
  }

  /** The next change that an event without a revision can report. */
  #next(notice: NoticeEvent, key: string, delivery: number): Match {
    const { f, index } = notice;
    const fits = (change: Change) =>
      change.key === key && change.calledAt < index && describes(f, change, index);
    const own = this.#takeRest(fits);
    if (own !== undefined) return { change: own };
    const { isVague: hasDoubts, isOwed, startsAnywhere } = this.#options;
    const isVague = startsAnywhere || hasDoubts(key, index);
    // It may be a change whose place nobody knows: it never passes over what has to come.
    if (isVague && this.#rest.some(isOwed)) return {};
    let bar: Revision | undefined;
    const limit = Math.min(this.#changes.length, this.#position + lookAhead);
    for (let i = this.#position; i < limit; i++) {
      const change = this.#change(i);
      if (isVague && bar !== undefined && change.revision !== bar) break;
      if (isOwed(change)) bar ??= change.revision;
      else if (startsAnywhere) continue;
      if (!fits(change)) continue;
      this.#openAt(this.#seek(change.revision), delivery);
      const taken = this.#takeRest(fits);
      return taken === undefined ? {} : { change: taken };
    }
    return isVague ? {} : this.#unplaced(fits);
  }

  #unplaced(fits: (change: Change) => boolean): Match {
    const late = [...this.#skipped].find(([, change]) => fits(change));
    if (late !== undefined) {
      const [name, change] = late;
      this.#skipped.delete(name);
      return { change, wrong: { kind: "event-out-of-order", change, revision: this.#highest } };
    }
    const last = this.#last;
    if (last === undefined || !fits(last)) return unexpected;
    return { wrong: { kind: "duplicate-event", change: last } };
  }

  #takeRest(fits: (change: Change) => boolean): Change | undefined {
    const at = this.#rest.findIndex(fits);
    return at < 0 ? undefined : this.#rest.splice(at, 1)[0];
  }

  /** The first position, from the present one on, whose change is at the revision or above. */
  #seek(revision: Revision): number {
    const next = this.#changes[this.#position]?.revision ?? Number.POSITIVE_INFINITY;
    if (next >= revision) return this.#position;
    return firstPosition(this.#changes.length, (i) => this.#change(i).revision >= revision);
  }

  /** Passes over everything before the position, and opens the revision there. */
  #openAt(position: number, delivery: number): void {
    this.#passTo(position);
    this.#begin(this.#change(position).revision, delivery);
    for (; this.#changes[this.#position]?.revision === this.#open; this.#position++)
      this.#rest.push(this.#change(this.#position));
  }

  #begin(revision: Revision, delivery: number): void {
    this.#open = revision;
    this.#openedIn = delivery;
    this.#isSplit = false;
  }

  #passTo(position: number): void {
    if (this.#rest.length > 0) {
      for (const change of this.#rest) this.#skip(change);
      this.#rest = [];
    }
    for (; this.#position < position; this.#position++) this.#skip(this.#change(this.#position));
  }

  #skip(change: Change): void {
    this.#skipped.set(placeOf(change.key, change.revision), change);
  }

  #find(key: string, revision: Revision): Change | undefined {
    const { length } = this.#changes;
    let at = firstPosition(length, (i) => this.#change(i).revision >= revision);
    for (; this.#changes[at]?.revision === revision; at++)
      if (this.#changes[at]?.key === key) return this.#changes[at];
    return undefined;
  }
}

const unexpected: Match = { wrong: { kind: "unexpected-event" } };

const placeOf = (key: string, revision: Revision): string => `${revision} ${key}`;
