/**
 * Judges a watch that reports one event for each registration: at most one, before the new data, and the right one. Each
 * `state` is a registration: a read that sets the watch again.
 */
import type { NoticeEvent } from "../../../core/history.ts";
import type { Operation } from "../../../core/op.ts";
import { same } from "../../canonical.ts";
import type { Finding, FindingKind } from "../findings/findings.ts";
import { firstPosition } from "../truth/expected.ts";
import { type Change, kindOf } from "../truth/truth.ts";
import type { Watched } from "../watched.ts";
import type { Tally } from "./judging.ts";
import { judgeStates, type StateJudging } from "./states.ts";

export interface OneShotJudging extends StateJudging {
  /** Answered reads of each process, in the order of their answers. */
  readonly reads: ReadonlyMap<number, readonly Operation[]>;
}

export function judgeOneShot(watch: Watched, judging: OneShotJudging): Tally {
  const tally = judgeStates(watch, judging);
  if ("key" in watch.target) new OneShotJudge(watch, watch.target.key, judging, tally).judge();
  return tally;
}

class OneShotJudge {
  readonly #watch: Watched;
  readonly #key: string;
  readonly #judging: OneShotJudging;
  readonly #tally: Tally;
  readonly #changes: readonly Change[];
  readonly #reads: readonly Operation[];
  /** The state that set the watch last. */
  #registered: NoticeEvent | undefined;
  /** The event since then. */
  #event: NoticeEvent | undefined;
  #nextRead = 0;

  constructor(watch: Watched, key: string, judging: OneShotJudging, tally: Tally) {
    this.#watch = watch;
    this.#key = key;
    this.#judging = judging;
    this.#tally = tally;
    this.#changes = judging.expected.of(watch.target).changes;
    const own = watch.promise.beforeReads === true ? (judging.reads.get(watch.process) ?? []) : [];
    this.#reads = own.filter(({ call }) => call.key === this.#key);
  }

  judge(): void {
    for (const notice of this.#watch.notices) {
      this.#readsBefore(notice);
      if (notice.f === "state") this.#register(notice);
      else if (isEvent(notice)) this.#fire(notice);
    }
  }

  #add(kind: FindingKind, more: Omit<Finding, "kind" | "watch">): void {
    this.#judging.findings.add({ kind, watch: this.#watch, ...more });
  }

  #register(notice: NoticeEvent): void {
    const before = this.#registered;
    if (before !== undefined && this.#event === undefined && isOther(before, notice))
      this.#add("data-before-event", { notice, before });
    this.#registered = notice;
    this.#event = undefined;
  }

  #fire(notice: NoticeEvent): void {
    this.#tally.received++;
    if (notice.key !== undefined && notice.key !== this.#key) {
      this.#add("event-outside-filter", { notice });
      return;
    }
    if (this.#event !== undefined) this.#add("second-event", { notice, before: this.#event });
    this.#event = notice;
    const { value = null } = this.#registered ?? notice;
    if (this.#registered === undefined) return;
    const change = this.#firstChangeSince(this.#registered);
    const fits =
      change === undefined ? (value === null) === (notice.f === "create") : kindOf(change) === notice.f;
    if (!fits)
      this.#add("wrong-one-shot-event", { notice, before: this.#registered, ...(change && { change }) });
  }

  /** The change that ends a registration, where its place is certain. */
  #firstChangeSince({ value = null, revision }: NoticeEvent): Change | undefined {
    const hasDoubts = this.#judging.truth.doubts.has(this.#key);
    if (revision === undefined || value === null || hasDoubts) return undefined;
    return this.#changes[
      firstPosition(this.#changes.length, (i) => (this.#changes[i]?.revision ?? 0) > revision)
    ];
  }

  /** A read of the same session must not show newer data while the event is missing. */
  #readsBefore({ index }: NoticeEvent): void {
    const registered = this.#registered;
    for (; this.#nextRead < this.#reads.length; this.#nextRead++) {
      const read = this.#reads[this.#nextRead] as Operation;
      if (read.returnIndex > index) return;
      if (registered === undefined || this.#event !== undefined || read.outcome.type !== "ok") continue;
      const { modRevision } = read.outcome.output;
      const since = registered.revision;
      if (read.callIndex < registered.index || modRevision === undefined || since === undefined) continue;
      if (modRevision > since) this.#add("data-before-event", { before: registered, operation: read });
    }
  }
}

const isEvent = ({ f }: NoticeEvent): boolean => f === "create" || f === "put" || f === "delete";

const isOther = (before: NoticeEvent, now: NoticeEvent): boolean =>
  !same(before.value, now.value) ||
  (before.revision !== undefined && now.revision !== undefined && before.revision !== now.revision);
