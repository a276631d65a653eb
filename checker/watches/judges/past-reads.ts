/** Holds reads of the past (`read-at`) against what truly changed, and against the compactions. */
import { type History, isHarnessEvent } from "../../../core/history.ts";
import type { Operation, Result, Revision } from "../../../core/op.ts";
import { same } from "../../canonical.ts";
import { firstPosition } from "../truth/expected.ts";
import type { Change } from "../truth/truth.ts";
import type { Judging } from "./judging.ts";

export type PastFindingKind =
  | "compacted-read-answered"
  | "wrong-past-value"
  | "future-revision-answered"
  | "kept-history-refused"
  | "existing-revision-refused";

export interface PastFinding {
  readonly kind: PastFindingKind;
  readonly read: Operation;
  /** The revision that was read. */
  readonly revision: Revision;
  /** The newest change of the key up to that revision, or one that was requested too late; undefined: none. */
  readonly change?: Change | undefined;
  /** What makes it wrong: the compacted revision, or one that was known to exist. */
  readonly other?: Revision;
}

export interface PastReads {
  /** Reads that were answered with a value, or refused because of their revision. */
  readonly judged: number;
  /** In order of invocation. */
  readonly findings: readonly PastFinding[];
}

export function judgePastReads(history: History, judging: PastJudging): PastReads {
  const reached = new Reached(history);
  const latest = latestCalled(judging.truth.changes);
  let judged = 0;
  const findings: PastFinding[] = [];
  for (const read of judging.truth.operations) {
    const { f, value: revision } = read.call;
    // A revision below 1 means the current state.
    if (f !== "read-at" || typeof revision !== "number" || revision < 1 || !isDecided(read)) continue;
    judged++;
    const finding = findingOf(read, revision, { ...judging, reached, latest });
    if (finding !== undefined) findings.push({ ...finding, read, revision });
  }
  return { judged, findings };
}

type PastJudging = Pick<Judging, "truth" | "expected" | "compactions">;

interface Tools extends PastJudging {
  readonly reached: Reached;
  /** For each change the one that was requested last, of those up to its revision. */
  readonly latest: readonly Change[];
}

const isDecided = ({ outcome }: Operation): boolean =>
  outcome.type === "ok" ||
  (outcome.type === "fail" &&
    (outcome.error.code === "compacted" || outcome.error.code === "future-revision"));

function findingOf(
  read: Operation,
  revision: Revision,
  { truth, expected, compactions, reached, latest }: Tools,
): Omit<PastFinding, "read" | "revision"> | undefined {
  const { call, outcome, callIndex, returnIndex } = read;
  if (outcome.type === "ok") {
    const compacted = compactions.before(callIndex);
    if (revision < compacted) return { kind: "compacted-read-answered", other: compacted };
    const tooLate = newestOf(latest, revision, truth.changes);
    // A state that was read is complete: its changes were requested before.
    if (tooLate?.isCertain === true && tooLate.calledAt >= returnIndex)
      return { kind: "future-revision-answered", change: tooLate };
    const key = call.key ?? "";
    const { changes } = expected.of({ key });
    const change = newestOf(changes, revision);
    const doubts = (truth.doubts.get(key) ?? [])
      .filter(({ attempt }) => attempt.operation.callIndex < returnIndex)
      .map(({ value }) => value);
    const mayBe = (value: Result["value"]) => doubts.some((doubt) => same(doubt, value ?? null));
    return isTrue(outcome.output, change, mayBe) ? undefined : { kind: "wrong-past-value", change };
  }
  if (outcome.type === "fail" && outcome.error.code === "compacted") {
    const most = compactions.atMost(returnIndex);
    return revision < most ? undefined : { kind: "kept-history-refused", other: most };
  }
  const newest = reached.before(callIndex);
  return newest < revision ? undefined : { kind: "existing-revision-refused", other: newest };
}

/** The item at the last of the changes up to a revision; undefined if there is none. */
function newestOf(
  items: readonly Change[],
  revision: Revision,
  changes: readonly Change[] = items,
): Change | undefined {
  return items[firstPosition(changes.length, (i) => (changes[i]?.revision ?? 0) > revision) - 1];
}

/** A removal that may have found nothing may have been answered with a revision that existed before: it does not count. */
function latestCalled(changes: readonly Change[]): readonly Change[] {
  let latest: Change | undefined;
  return changes.map((change) => {
    if (latest === undefined || !latest.isCertain || (change.isCertain && change.calledAt > latest.calledAt))
      latest = change;
    return latest;
  });
}

/**
 * Whether the key may have held that in the state after `change`. `mayBe`: whether an attempt that nobody can place may have left
 * the value. A value with its revision was seen there, so that its write has a place (truth/sightings.ts): no doubt is left.
 */
function isTrue(
  { value = null, modRevision }: Result,
  change: Change | undefined,
  mayBe: (value: Result["value"]) => boolean,
): boolean {
  const isPlace = value === null || modRevision === undefined || modRevision === change?.revision;
  if (isPlace && same(value, change?.value ?? null)) return true;
  return (value === null || modRevision === undefined) && mayBe(value);
}

/** The highest revision that was known to exist, event by event. */
class Reached {
  readonly #newest: Float64Array;

  constructor(history: History) {
    this.#newest = new Float64Array(history.length + 1).fill(Number.NEGATIVE_INFINITY);
    history.forEach((event, position) => {
      const isAnswer = !isHarnessEvent(event) && (event.type === "ok" || event.type === "notice");
      const { revision = Number.NEGATIVE_INFINITY, modRevision = revision } = isAnswer
        ? (event as { readonly revision?: Revision; readonly modRevision?: Revision })
        : {};
      this.#newest[position + 1] = Math.max(this.#newest[position] as number, revision, modRevision);
    });
  }

  /** The highest revision in the events before `position`; -Infinity if none was known. */
  before(position: number): Revision {
    return this.#newest[position] as number;
  }
}
