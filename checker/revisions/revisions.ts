import { operations } from "../../core/history.ts";
import type { Json, Operation, RevisionScope } from "../../core/op.ts";
import { nanos } from "../../core/time.ts";
import type { Anomaly, Lane, Verdict } from "../../core/verdict.ts";
import { count, cutMiddle, showValue } from "../../core/wording.ts";
import type { Checker } from "../checker.ts";
import { everyKindFirst } from "../every-kind.ts";
import { type Change, evidenceOf } from "./changes.ts";
import { type LostWrite, lostWrites } from "./lost-writes.ts";
import { type Reached, RevisionOrder } from "./revision-order.ts";
import { lostSentence, sharedSentence, wentBackSentence } from "./sentences.ts";

const mostShown = 5;

/**
 * What the system's own revisions prove, whatever the read mode promises:
 *
 * - `lost-write`: a state that was read lacks a change that it must hold (lost-writes.ts);
 * - `reused-revision`: two changes have one revision. Each system gives every change one of its own: etcd counts them, a zxid
 *   and a Raft index name one transaction. A transaction gives all its changes one revision, so this checker judges only
 *   histories in which every operation changes at most one key;
 * - `revision-went-back`: a change has a revision that had been reached, or passed, before it was requested. Changes are
 *   linearizable in every read mode, and every system numbers them in their order.
 *
 * `scope` says what the revision of a read refers to; what the system does not report proves nothing.
 */
export function revisions({ scope, initial = null }: { scope: RevisionScope; initial?: Json }): Checker {
  return {
    name: "revisions",
    check(history): Verdict {
      const evidence = evidenceOf(operations(history), scope, initial);
      const order = new RevisionOrder(evidence);
      const lost = lostWrites(evidence, order);
      const shared = sharedRevisions(evidence.changes);
      const wentBack = goingBack(evidence.changes, order);
      const anomalies = everyKindFirst(
        [...lost.map(lostAnomaly), ...shared.map(sharedAnomaly), ...wentBack.map(wentBackAnomaly)],
        ({ kind }) => kind,
      );
      const [first] = anomalies;
      return {
        checker: "revisions",
        kind: first === undefined ? "valid" : "invalid",
        summary: first?.summary ?? fine(evidence.changes.length, evidence.states.length),
        anomalies: anomalies.slice(0, mostShown),
        figures: {
          "lost writes": lost.length,
          "revisions of two writes": shared.length,
          "revisions that went back": wentBack.length,
        },
        ...(lost.length > 0 && { lanes: lost.map(lostLane).sort((a, b) => a.from - b.from) }),
      };
    },
  };
}

const fine = (changes: number, states: number): string =>
  changes === 0
    ? "the system reported no revisions to check"
    : `the revisions of ${count(changes, "change")} and ${count(states, "read")} are consistent`;

/** Changes that share their revision with another change, in order of revision. */
export function sharedRevisions(changes: readonly Change[]): [Change, Change, ...Change[]][] {
  const shared: [Change, Change, ...Change[]][] = [];
  for (let from = 0; from + 1 < changes.length; ) {
    const to = endOfRevision(changes, from);
    if (to - from > 1) shared.push(changes.slice(from, to) as [Change, Change, ...Change[]]);
    from = to;
  }
  return shared;
}

function endOfRevision(changes: readonly Change[], from: number): number {
  let to = from + 1;
  while (to < changes.length && changes[to]?.revision === changes[from]?.revision) to++;
  return to;
}

/** Changes whose revision had already been reached when they were requested. */
function goingBack(
  changes: readonly Change[],
  order: RevisionOrder,
): { readonly change: Change; readonly reached: Reached }[] {
  return changes.flatMap((change) => {
    const reached = change.writer && order.before(change.writer.callIndex);
    if (reached === undefined || reached.revision < change.revision) return [];
    // Another checker judges a value that was read before it was requested; a revision of two changes is another finding.
    const isOther = reached.change !== change && reached.change?.revision !== change.revision;
    return isOther ? [{ change, reached }] : [];
  });
}

function lostAnomaly(lost: LostWrite): Anomaly {
  const [state] = lost.reads;
  const culprit = state?.operation;
  return anomaly("lost-write", lostSentence(lost), lost.change.key, culprit, [
    lost.change.writer,
    lost.change.shownBy,
    culprit,
  ]);
}

/** From when the change was acknowledged, or first seen, until the first read of a state that lacks it was answered. */
function lostLane({ change, reads }: LostWrite): Lane {
  const known = (change.isAcknowledged && change.writer) || change.shownBy;
  const [first] = reads;
  const node = first?.operation.node;
  const register = change.key === "" ? "the register" : cutMiddle(change.key);
  return {
    label: "lost writes",
    ...(node !== undefined && { node }),
    from: known.completedAt,
    to: nanos(Math.max(known.completedAt, first?.operation.completedAt ?? 0)),
    text: `${change.value === null ? "delete" : showValue(change.value)} of ${register}, revision ${change.revision}`,
    colour: "wrong",
  };
}

function sharedAnomaly(changes: readonly [Change, Change, ...Change[]]): Anomaly {
  const [first, second] = [...changes].sort((a, b) => a.shownBy.returnIndex - b.shownBy.returnIndex) as [
    Change,
    Change,
  ];
  return anomaly("reused-revision", sharedSentence(first, second), second.key, second.shownBy, [
    first.writer,
    first.shownBy,
    second.writer,
    second.shownBy,
  ]);
}

function wentBackAnomaly({ change, reached }: { change: Change; reached: Reached }): Anomaly {
  return anomaly("revision-went-back", wentBackSentence(change, reached), change.key, change.shownBy, [
    reached.change?.writer,
    reached.operation,
    change.writer,
    change.shownBy,
  ]);
}

function anomaly(
  kind: string,
  summary: string,
  key: string,
  culprit: Operation | undefined,
  involved: readonly (Operation | undefined)[],
): Anomaly {
  const shown = [...new Set(involved.filter((operation) => operation !== undefined))].sort(
    (a, b) => a.callIndex - b.callIndex,
  );
  return {
    kind,
    summary,
    ...(key !== "" && { key }),
    evidence: {
      kind: "order",
      operations: shown,
      ...(culprit !== undefined && { culprit: shown.indexOf(culprit) }),
    },
  };
}
