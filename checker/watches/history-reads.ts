/** The checker of reads of the past: each returns what its key held at that revision, or says that nobody knows any more. */
import type { History } from "../../core/history.ts";
import type { Operation } from "../../core/op.ts";
import type { Anomaly, Verdict } from "../../core/verdict.ts";
import { allOf, atTime, count, showValue } from "../../core/wording.ts";
import type { Checker } from "../checker.ts";
import { everyKindFirst } from "../every-kind.ts";
import type { Analysis } from "./analysis.ts";
import { byWhom, changeWords, place } from "./findings/words.ts";
import {
  judgePastReads,
  type PastFinding,
  type PastFindingKind,
  type PastReads,
} from "./judges/past-reads.ts";
import type { Change } from "./truth/truth.ts";

/** Anomalies that are explained; all are counted. */
const mostShown = 5;

const kinds: Readonly<Record<PastFindingKind, string>> = {
  "compacted-read-answered": "compacted reads answered",
  "wrong-past-value": "wrong past values",
  "future-revision-answered": "reads of future revisions answered",
  "kept-history-refused": "reads of kept history refused",
  "existing-revision-refused": "reads of existing revisions refused",
};

export const historyReads = (analysed: (history: History) => Analysis): Checker => ({
  name: "history-reads",
  check: (history) => verdictOf(judgePastReads(history, analysed(history))),
});

function verdictOf({ judged, findings }: PastReads): Verdict {
  const anomalies = everyKindFirst(findings, ({ kind }) => kind)
    .slice(0, mostShown)
    .map(anomalyOf);
  const [first] = anomalies;
  const fine =
    judged === 0
      ? "there were no reads of the past to judge"
      : `${allOf(judged, "read")} of the past returned what the key held then, or ${judged === 1 ? "was" : "were"} rightly refused`;
  const figures = Object.entries(kinds).map(([kind, name]): [string, number] => [
    name,
    findings.filter((finding) => finding.kind === kind).length,
  ]);
  return {
    checker: "history-reads",
    kind: first === undefined ? "valid" : "invalid",
    summary:
      first === undefined
        ? fine
        : findings.length === 1
          ? first.summary
          : `${count(findings.length, "finding")}: ${first.summary}`,
    anomalies,
    figures: { "reads of the past": judged, ...Object.fromEntries(figures) },
  };
}

function anomalyOf(finding: PastFinding): Anomaly {
  const { kind, read, change } = finding;
  const writer = change?.operation;
  const operations = [...(writer === undefined ? [] : [writer]), read].sort(
    (a, b) => a.callIndex - b.callIndex,
  );
  return {
    kind,
    summary: sentenceOf(finding),
    ...(read.call.key !== undefined && { key: read.call.key }),
    evidence: { kind: "order", operations, culprit: operations.indexOf(read) },
  };
}

function sentenceOf({ kind, read, revision, change, other = 0 }: PastFinding): string {
  const { process, node, call, completedAt } = read;
  const where = node === undefined ? "" : ` on ${node}`;
  const who = `process ${process}'s read of ${call.key ?? ""} at revision ${place(revision)}${where}`;
  const when = atTime(completedAt);
  switch (kind) {
    case "compacted-read-answered":
      return `${who} returned ${found(read)} at ${when}, although history before revision ${place(other)} had been compacted before the read was requested`;
    case "wrong-past-value":
      return `${who} returned ${found(read)} at ${when}, ${truth(change)}`;
    case "future-revision-answered":
      return `${who} returned ${found(read)} at ${when}, before ${change === undefined ? "a change" : `${changeWords(change)} ${byWhom(change)}`} was requested: that revision did not exist yet`;
    case "kept-history-refused":
      return `${who} was refused at ${when} because that history had been compacted, although ${Number.isFinite(other) ? `only history before revision ${place(other)} can have been compacted by then` : "nothing had been compacted by then"}`;
    case "existing-revision-refused":
      return `${who} was refused at ${when} because that revision did not exist yet, although revision ${place(other)} had been reported before the read was requested`;
  }
}

/** `17 (revision 4,012)` */
function found({ outcome }: Operation): string {
  const { value = null, modRevision } = outcome.type === "ok" ? outcome.output : {};
  return `${showValue(value)}${modRevision === undefined ? "" : ` (revision ${place(modRevision)})`}`;
}

const truth = (change: Change | undefined): string =>
  change === undefined
    ? "but the key did not exist then"
    : `but the last change up to that revision was ${changeWords(change)} ${byWhom(change)}`;
