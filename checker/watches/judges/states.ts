/**
 * Judges a watch that reports states: they may skip changes, but they never go back, and in the end they show the newest
 * value of each key. What is reported must have been written.
 */
import type { NoticeEvent } from "../../../core/history.ts";
import type { Json, Revision } from "../../../core/op.ts";
import { same } from "../../canonical.ts";
import { absentAtFirst, KeyVersions, type Version } from "../truth/versions.ts";
import { follows, type Watched } from "../watched.ts";
import { deadlineOf, type Judging, newTally, observedUntil, type Tally } from "./judging.ts";

export interface StateJudging extends Judging {
  readonly versions: ReadonlyMap<string, KeyVersions>;
}

export function judgeStates(watch: Watched, judging: StateJudging): Tally {
  const judge = new StateJudge(watch, judging);
  for (const notice of watch.notices) if (notice.f === "state") judge.receive(notice);
  return judge.finish();
}

/** What a watch has shown of one key. */
interface Shown {
  value: Json;
  /** The state that showed it. */
  notice: NoticeEvent;
  /** The versions that it may be. */
  candidates: readonly Version[];
  /** The last invocation of a version that was shown for certain, and its revision. */
  newest: number;
  newestRevision: Revision;
}

class StateJudge {
  readonly #watch: Watched;
  readonly #judging: StateJudging;
  readonly #tally: Tally;
  readonly #shown = new Map<string, Shown>();
  /** Versions that the watch showed after it was set. */
  #fresh = 0;

  constructor(watch: Watched, judging: StateJudging) {
    this.#watch = watch;
    this.#judging = judging;
    this.#tally = newTally(watch);
  }

  receive(notice: NoticeEvent): void {
    this.#tally.received++;
    const { target } = this.#watch;
    const { value = null } = notice;
    if ("key" in target) {
      this.#show(target.key, value, notice);
      return;
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    const states = value as { readonly [key: string]: Json };
    for (const key of this.#keys()) {
      const held = Object.hasOwn(states, key) ? (states[key] as Json) : null;
      const before = this.#shown.get(key);
      if (before === undefined || !same(before.value, held)) this.#show(key, held, notice);
    }
    for (const [key, held] of Object.entries(states)) {
      if (!follows(target, key))
        this.#judging.findings.add({ kind: "event-outside-filter", watch: this.#watch, notice });
      else if (!this.#judging.versions.has(key)) this.#show(key, held, notice);
    }
  }

  /** Judges whether the watch showed the newest value of each key in time. */
  finish(): Tally {
    const { confirmed } = this.#watch;
    if (confirmed === undefined) return this.#tally;
    const until = observedUntil(this.#watch, this.#judging);
    let due = 0;
    for (const key of this.#keys()) {
      const versions = this.#versionsOf(key);
      due += versions.all.filter((one) => one.calledAt > confirmed.index && one.knownTime <= until).length;
      const shown = this.#shown.get(key);
      // Whatever it may be that was shown last was overwritten by what was invoked after this event.
      const after =
        shown === undefined
          ? confirmed.index
          : shown.candidates.reduce((last, { knownAt }) => Math.max(last, knownAt), -1);
      const newer = versions.firstKnownAfter(after);
      if (newer === undefined || !Number.isFinite(newer.knownAt)) continue;
      const deadline = deadlineOf(this.#watch, newer.knownTime, this.#judging);
      if (deadline > until) continue;
      this.#tally.missed++;
      this.#judging.findings.add({
        kind: "state-not-delivered",
        watch: this.#watch,
        version: newer,
        deadline,
        ...(shown !== undefined && { before: shown.notice }),
      });
    }
    this.#tally.due = due;
    this.#tally.skipped = Math.max(0, due - this.#fresh - this.#tally.missed);
    return this.#tally;
  }

  #keys(): Iterable<string> {
    const { target } = this.#watch;
    if ("key" in target) return [target.key];
    return [...this.#judging.versions.keys()].filter((key) => follows(target, key));
  }

  #versionsOf(key: string): KeyVersions {
    return this.#judging.versions.get(key) ?? new KeyVersions([absentAtFirst(key)]);
  }

  #show(key: string, value: Json, notice: NoticeEvent): void {
    const candidates = this.#versionsOf(key).shownBy(value, notice.index);
    const before = this.#shown.get(key);
    if (candidates.length === 0) {
      this.#judging.findings.add({ kind: "unexpected-state", watch: this.#watch, notice, key });
      return;
    }
    const newest = before?.newest ?? -1;
    const newestRevision = before?.newestRevision ?? Number.NEGATIVE_INFINITY;
    const isOlder = ({ knownAt, revision }: Version) =>
      knownAt < newest || (revision !== undefined && revision < newestRevision);
    if (before !== undefined && candidates.every(isOlder)) {
      this.#judging.findings.add({
        kind: "state-went-back",
        watch: this.#watch,
        notice,
        before: before.notice,
        ...(candidates[0] !== undefined && { version: candidates[0] }),
      });
      return;
    }
    const [only] = candidates;
    const isCertain = candidates.length === 1 && only !== undefined;
    this.#shown.set(key, {
      value,
      notice,
      candidates: candidates.filter((one) => !isOlder(one)),
      newest: isCertain ? Math.max(newest, only.calledAt) : newest,
      newestRevision: isCertain ? Math.max(newestRevision, only.revision ?? newestRevision) : newestRevision,
    });
    if (isCertain) this.#measure(only, notice);
  }

  #measure(version: Version, notice: NoticeEvent): void {
    const { confirmed, pauses } = this.#watch;
    if (confirmed === undefined || version.calledAt < confirmed.index) return;
    this.#fresh++;
    const deadline = deadlineOf(this.#watch, version.knownTime, this.#judging);
    if (notice.time > deadline) {
      this.#tally.late++;
      this.#judging.findings.add({ kind: "late-event", watch: this.#watch, notice, version, deadline });
    }
    if (pauses.length > 0) return;
    const ms = this.#judging.lags.add(notice, version.knownTime, undefined);
    this.#tally.worstLagMs = Math.max(this.#tally.worstLagMs ?? ms, ms);
  }
}
