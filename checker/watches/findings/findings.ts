/** What is wrong with what watches received, by the guarantee that it breaks. */
import type { NoticeEvent } from "../../../core/history.ts";
import type { Operation, Revision } from "../../../core/op.ts";
import type { Nanos } from "../../../core/time.ts";
import type { Change } from "../truth/truth.ts";
import type { Version } from "../truth/versions.ts";
import type { Watched } from "../watched.ts";

/** Kinds of findings by the guarantee that they break: a checker each. */
export const kindsOf = {
  "watch-filter": ["event-outside-filter"],
  "watch-ordered": ["event-out-of-order"],
  "watch-unique": ["duplicate-event"],
  "watch-atomic": ["split-revision"],
  "watch-resumable": ["event-before-start"],
  "watch-reliable": ["missed-event"],
  "watch-bookmarkable": ["event-after-progress", "progress-went-back"],
  "watch-contents": ["unexpected-event", "wrong-value", "wrong-change", "wrong-previous-value"],
  "watch-compaction": ["compaction-not-reported", "canceled-without-cause"],
  "watch-states": ["state-went-back", "unexpected-state"],
  "watch-one-shot": ["second-event", "data-before-event", "wrong-one-shot-event"],
  "watch-delivery": ["event-not-delivered", "late-event", "state-not-delivered"],
} as const;

export type Guarantee = keyof typeof kindsOf;
export type FindingKind = (typeof kindsOf)[Guarantee][number];

export interface Finding {
  readonly kind: FindingKind;
  readonly watch: Watched;
  /** What was received; absent if the finding is that something was not. */
  readonly notice?: NoticeEvent;
  /** The change that it is about. */
  readonly change?: Change;
  /** The value that it is about, of a watch that reports states. */
  readonly version?: Version;
  /** The key of a state, where the watch follows several. */
  readonly key?: string;
  /** A read of the same process. */
  readonly operation?: Operation;
  /** What makes it wrong: the revision that was reported before, the start, the compaction. */
  readonly revision?: Revision;
  /** When it was due. */
  readonly deadline?: Nanos;
  /** A notice before, which it contradicts. */
  readonly before?: NoticeEvent;
}

/** The findings of a kind that are kept; all are counted. */
const kept = 40;

/** Collects findings: counts all of them, keeps some of each kind. */
export class Findings {
  readonly #counts = new Map<FindingKind, number>();
  readonly #some = new Map<FindingKind, Finding[]>();

  add(finding: Finding): void {
    const { kind } = finding;
    const count = this.count(kind);
    this.#counts.set(kind, count + 1);
    const some = this.#some.get(kind);
    if (some === undefined) this.#some.set(kind, [finding]);
    else if (count < kept) some.push(finding);
  }

  count(kind: FindingKind): number {
    return this.#counts.get(kind) ?? 0;
  }

  /** The first findings of a kind. */
  of(kind: FindingKind): readonly Finding[] {
    return this.#some.get(kind) ?? [];
  }
}
