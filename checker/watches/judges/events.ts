/**
 * Judges a watch that must report every event: holds what it received, in one pass, against the changes of what it follows.
 * What it passed over and never reported is missed; what comes after all that it reported is due by a deadline.
 */
import type { NoticeEvent } from "../../../core/history.ts";
import { type Nanos, nanos } from "../../../core/time.ts";
import { same } from "../../canonical.ts";
import type { Finding, FindingKind } from "../findings/findings.ts";
import { type Due, describes, isOwed, startOf } from "../truth/expected.ts";
import { type Change, mayFollow } from "../truth/truth.ts";
import { follows, type Watched } from "../watched.ts";
import { deadlineOf, type Judging, newTally, observedUntil, type Tally } from "./judging.ts";
import { Sequence } from "./sequence.ts";

export function judgeEvents(watch: Watched, judging: Judging): Tally {
  const judge = new EventJudge(watch, judging);
  for (const notice of watch.notices) judge.receive(notice);
  return judge.finish();
}

class EventJudge {
  readonly #watch: Watched;
  readonly #judging: Judging;
  readonly #due: Due;
  readonly #start: number;
  readonly #sequence: Sequence;
  readonly #tally: Tally;
  #delivery = 0;
  /** Whether some event had no revision, so that it is uncertain how far the watch got. */
  #isVague = false;
  /** The lowest revision that was received. */
  #lowest = Number.POSITIVE_INFINITY;

  constructor(watch: Watched, judging: Judging) {
    this.#watch = watch;
    this.#judging = judging;
    this.#due = judging.expected.of(watch.target);
    this.#start = startOf(watch);
    this.#tally = newTally(watch);
    this.#sequence = new Sequence(this.#due, this.#start, {
      isAtomic: watch.promise.atomic,
      startsAnywhere: !Number.isFinite(this.#start),
      isOwed: (change) => isOwed(change, watch),
      isVague: (key, index) => this.#hasDoubts(key, index),
    });
  }

  receive(notice: NoticeEvent): void {
    switch (notice.f) {
      case "create":
      case "put":
      case "delete":
        this.#tally.received++;
        this.#event(notice);
        break;
      case "progress":
        this.#progress(notice);
        break;
      case "canceled":
        this.#canceled(notice);
    }
    if (notice.more !== true) this.#delivery++;
  }

  /** Judges what was not received. */
  finish(): Tally {
    const { rest, skipped, position } = this.#sequence;
    for (const change of skipped) this.#missing(change, "missed-event");
    const until = observedUntil(this.#watch, this.#judging);
    for (const change of rest) {
      // What has to arrive together is not on its way any more.
      if (this.#watch.promise.atomic) this.#missing(change, "missed-event");
      else this.#awaited(change, until);
    }
    const { changes, knownFrom } = this.#due;
    const { bound } = this.#judging.deadlines;
    for (let i = position; i < changes.length; i++) {
      if ((knownFrom[i] ?? 0) + bound > until) break;
      this.#awaited(changes[i] as Change, until);
    }
    return this.#tally;
  }

  #add(kind: FindingKind, more: Omit<Finding, "kind" | "watch">): void {
    this.#judging.findings.add({ kind, watch: this.#watch, ...more });
  }

  #event(notice: NoticeEvent): void {
    const { key = "", revision } = notice;
    this.#isVague ||= revision === undefined;
    if (!follows(this.#watch.target, key)) {
      this.#add("event-outside-filter", { notice });
      return;
    }
    if (revision !== undefined && revision < this.#start) {
      this.#add("event-before-start", { notice, revision: this.#start });
      return;
    }
    const { change, wrong } = this.#sequence.take(notice, this.#delivery);
    if (wrong !== undefined) {
      const { kind, ...more } = wrong;
      this.#add(kind, { notice, ...more });
    }
    if (change === undefined) return;
    this.#lowest = Math.min(this.#lowest, change.revision);
    this.#compare(notice, change);
    this.#measure(notice, change);
  }

  /** Whether some changes of the key may have happened at any place. */
  #hasDoubts(key: string, index: number): boolean {
    const doubts = this.#judging.truth.doubts.get(key) ?? [];
    return doubts.some(({ attempt }) => attempt.operation.callIndex < index);
  }

  #compare(notice: NoticeEvent, change: Change): void {
    const wrong = this.#wrongContents(notice, change);
    if (wrong !== undefined) this.#add(wrong, { notice, change });
  }

  #wrongContents({ f, value, previous, index }: NoticeEvent, change: Change): FindingKind | undefined {
    if (index < change.calledAt) return "unexpected-event";
    if (change.value !== null && f !== "delete" && value !== undefined && !same(value, change.value))
      return "wrong-value";
    if (!describes(f, change, index)) return "wrong-change";
    if (previous === undefined || mayFollow(change, previous, index)) return undefined;
    // What was discarded can no longer be reported.
    const isHidden = previous === null && this.#judging.compactions.mayHide(change.revision, index);
    return isHidden ? undefined : "wrong-previous-value";
  }

  #measure(notice: NoticeEvent, change: Change): void {
    const { confirmed, pauses } = this.#watch;
    if (confirmed === undefined || !isOwed(change, this.#watch)) return;
    this.#tally.due++;
    const { deadlines, lags } = this.#judging;
    const soonest = Math.max(change.known.time, confirmed.time) + deadlines.bound;
    const deadline =
      notice.time > soonest ? deadlineOf(this.#watch, change.known.time, this.#judging) : nanos(soonest);
    if (notice.time > deadline) {
      this.#tally.late++;
      this.#add("late-event", { notice, change, deadline });
    }
    // What happened before the watch, or while it did not read, is no measure of the system.
    if (change.calledAt < confirmed.index || pauses.length > 0) return;
    const ms = lags.add(notice, change.known.time, change.operation?.invokedAt);
    this.#tally.worstLagMs = Math.max(this.#tally.worstLagMs ?? ms, ms);
  }

  #progress(notice: NoticeEvent): void {
    const { revision } = notice;
    if (revision === undefined) return;
    const { reached } = this.#sequence;
    if (revision < reached) this.#add("progress-went-back", { notice, revision: reached });
    else this.#sequence.progressTo(revision);
  }

  /** A watch may be canceled for a compaction only where something that it still had to report was discarded. */
  #canceled(notice: NoticeEvent): void {
    const next = Math.max(this.#start, this.#sequence.reached + 1);
    if (notice.revision !== undefined && next >= notice.revision && !this.#isVague)
      this.#add("canceled-without-cause", { notice, revision: next });
  }

  /** A change that was not received by the end: it is missing if it was due. */
  #awaited(change: Change, until: Nanos): void {
    const deadline = deadlineOf(this.#watch, change.known.time, this.#judging);
    if (deadline <= until) this.#missing(change, "event-not-delivered", { deadline });
  }

  #missing(change: Change, kind: FindingKind, more: Pick<Finding, "deadline"> = {}): void {
    if (!isOwed(change, this.#watch)) return;
    this.#tally.due++;
    this.#tally.missed++;
    const compacted = this.#judging.compactions.before(this.#watch.invoked.index);
    // A watch from below a compaction reports all of it (its node does not know of the compaction yet), or says so.
    const isSilent =
      change.revision < compacted && this.#lowest >= compacted && this.#watch.from !== undefined;
    if (isSilent) this.#add("compaction-not-reported", { change, revision: compacted, ...more });
    else this.#add(kind, { change, ...more });
  }
}
