/**
 * The checkers of watches: one for each guarantee. What truly changed is derived from the acknowledged writes (truth.ts), and
 * what each watch received is held against it in one pass (events.ts, states.ts, one-shot.ts). All share that pass, and so do
 * reads of the past (history-reads.ts).
 */
import type { History } from "../../core/history.ts";
import { seconds } from "../../core/time.ts";
import type { Anomaly, Verdict } from "../../core/verdict.ts";
import { count } from "../../core/wording.ts";
import type { Checker } from "../checker.ts";
import { everyKindFirst } from "../every-kind.ts";
import { type Analysis, analyse } from "./analysis.ts";
import { deliveryVerdict } from "./findings/delivery.ts";
import { evidenceOf } from "./findings/evidence.ts";
import { type Finding, type Guarantee, kindsOf } from "./findings/findings.ts";
import { sentenceOf } from "./findings/sentences.ts";
import { historyReads } from "./history-reads.ts";
import { type KindPromise, promiseOf } from "./promises.ts";

export interface WatchCheckersOptions {
  /** What each kind of watch promises, by its name. Absent: the kinds of all systems by their names. */
  readonly watches?: Readonly<Record<string, KindPromise>>;
  /** How soon a change must reach a watch, once no fault disturbs it, seconds. */
  readonly deliverySeconds?: number;
  /** Whether clients read keys at past revisions. */
  readonly readsPast?: boolean;
}

export const defaultDeliverySeconds = 5;

/** Anomalies of one guarantee that are explained; all are counted. */
const mostShown = 5;

/** What keeps a guarantee, in words. */
const kept: Readonly<Record<Guarantee, string>> = {
  "watch-filter": "every event was of a key that its watch follows",
  "watch-ordered": "every watch received its events in the order of their revisions",
  "watch-unique": "no watch received an event twice",
  "watch-atomic": "all changes of a revision arrived together",
  "watch-resumable": "no watch received anything from before its start",
  "watch-reliable": "no watch skipped a change",
  "watch-bookmarkable": "every progress notification was right",
  "watch-contents": "every event describes a change that happened, and what was there before",
  "watch-compaction": "every watch that compaction cut off says so",
  "watch-states": "no watch reported an older state after a newer one",
  "watch-one-shot": "each registration received at most one event, before the new data",
  "watch-delivery": "every change reached its watches in time",
};

/** The guarantees that a run's kinds of watches give. */
function guaranteesOf(watches: WatchCheckersOptions["watches"]): readonly Guarantee[] {
  const all = Object.keys(kindsOf) as Guarantee[];
  if (watches === undefined) return all;
  const kinds = Object.values(watches);
  const has = (contract: KindPromise["contract"]) => kinds.some((kind) => kind.contract === contract);
  return all.filter((guarantee) => {
    if (guarantee === "watch-delivery" || guarantee === "watch-filter") return true;
    if (guarantee === "watch-states") return has("latest-state") || has("one-shot");
    if (guarantee === "watch-one-shot") return has("one-shot") || has("key-set");
    return guarantee === "watch-atomic" ? kinds.some(({ atomic }) => atomic) : has("every-event");
  });
}

export function watchCheckers({
  watches,
  deliverySeconds = defaultDeliverySeconds,
  readsPast = watches === undefined,
}: WatchCheckersOptions = {}): Checker[] {
  const known = new WeakMap<History, Analysis>();
  const analysed = (history: History): Analysis => {
    const analysis = known.get(history) ?? analyse(history, promiseOf(watches), seconds(deliverySeconds));
    known.set(history, analysis);
    return analysis;
  };
  const ofWatches = guaranteesOf(watches).map((guarantee) => ({
    name: guarantee,
    check(history: History): Verdict {
      const analysis = analysed(history);
      const verdict = verdictOf(guarantee, analysis);
      return guarantee === "watch-delivery" ? deliveryVerdict(verdict, analysis) : verdict;
    },
  }));
  return readsPast ? [...ofWatches, historyReads(analysed)] : ofWatches;
}

function verdictOf(guarantee: Guarantee, analysis: Analysis): Verdict {
  const { findings } = analysis;
  const kinds = kindsOf[guarantee].filter((kind) => findings.count(kind) > 0);
  const shown = everyKindFirst(
    kinds.flatMap((kind) => findings.of(kind)),
    ({ kind }) => kind,
  );
  const anomalies = shown.slice(0, mostShown).map((finding) => anomalyOf(finding, analysis));
  const total = kinds.reduce((sum, kind) => sum + findings.count(kind), 0);
  const [first] = anomalies;
  return {
    checker: guarantee,
    kind: first === undefined ? "valid" : "invalid",
    summary:
      first === undefined
        ? `${kept[guarantee]} (${count(analysis.received, "event")}, ${count(analysis.watches.length, "watch", "watches")})`
        : total === 1
          ? first.summary
          : `${count(total, "finding")}: ${first.summary}`,
    anomalies,
    figures: Object.fromEntries(kindsOf[guarantee].map((kind) => [figureName(kind), findings.count(kind)])),
  };
}

/** `missed-event`: `missed events` */
const figureName = (kind: string): string => `${kind.replaceAll("-", " ")} findings`;

function anomalyOf(finding: Finding, { watches, expected, versions }: Analysis): Anomaly {
  const key = finding.change?.key ?? finding.version?.key ?? finding.key ?? finding.notice?.key;
  return {
    kind: finding.kind,
    summary: sentenceOf(finding, watches),
    ...(key !== undefined && { key }),
    evidence: evidenceOf(finding, expected, versions),
  };
}
