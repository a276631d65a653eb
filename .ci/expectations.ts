/** What a trial of CI is, and what may be expected of its run. */
import { violationKind } from "../core/verdict.ts";
import type { RunResult } from "../harness/cli/results/json-result.ts";

export interface Trial {
  readonly name: string;
  readonly args: string;
  /** Whether it has the machine to itself, before the others: what it expects depends on speed. */
  readonly alone?: boolean;
  /** Whether it is left for the night. */
  readonly nightly?: boolean;
  /** Exit status: 0 valid, 1 invalid; a list where a rare bug is looked for. */
  readonly status: number | readonly number[];
  /** What else must hold; a sentence that says what does not. */
  readonly expect?: (run: RunResult) => string | undefined;
  /** What is looked for, and may stay unfound without being a failure: the system is free not to show it. */
  readonly seek?: (run: RunResult) => string | undefined;
}

export const staleReads = (run: RunResult): number => run.figures["stale reads"] ?? 0;
export const noneStale = (run: RunResult) =>
  staleReads(run) === 0 ? undefined : `found ${staleReads(run)} stale reads`;
const violations = new Set([
  violationKind,
  "applied-twice",
  "two-revisions",
  "lost-write",
  "reused-revision",
  "stale-list",
  "reappearing-element",
]);
export const named = (run: RunResult) =>
  run.anomalies.some(({ kind, summary }) => violations.has(kind) && /\d/.test(summary))
    ? undefined
    : "did not say which value was stale or lost";

/** The nodes did not come to agree: one of them has an old value of a key, or their own digests differ. */
export const disagreed = (run: RunResult) =>
  run.anomalies.some(({ kind }) => kind === "convergence" || kind === "digest")
    ? undefined
    : "did not say on what the nodes disagreed at rest";

/** When after a fault's begin the node that it was aimed at answered its first and last stale reads. */
const atStruckNode = ({ staleness }: RunResult) =>
  staleness.flatMap(({ fault }) => (fault?.here ? [fault] : []));

/** Stale reads that a deposed leader answered, reported as the read mode's known limit. */
export const limitFound = (run: RunResult) =>
  run.knownLimits.some(({ name }) => name === "deposed leader") && atStruckNode(run).length > 0
    ? undefined
    : "no deposed leader was found to answer stale reads at a node that was struck";

/** Stale for most of the fault, at the node that was cut off. */
export const staleWhileCutOff = (run: RunResult) =>
  atStruckNode(run).some(({ ms, firstMs, lastMs }) => lastMs - firstMs > ms / 2)
    ? undefined
    : "the node that was cut off was not stale for most of the cut";

/** ZooKeeper's syncLimit times its tickTime, as adapters/zookeeper/deployment.ts sets them. */
const syncLimitMs = 2000;

/** A follower without its leader stops serving after the sync limit; what it answers until then grows stale. */
export function staleUntilSyncLimit(run: RunResult): string | undefined {
  const windows = atStruckNode(run);
  if (!windows.some(({ lastMs }) => lastMs > syncLimitMs / 2)) {
    return "the follower that was cut off was not stale for anything like the sync limit";
  }
  // A cut that is shorter than the limit ends before it; then there is the time that it takes to catch up.
  const late = windows.find(({ ms, lastMs }) => lastMs > Math.max(ms, syncLimitMs) + syncLimitMs / 2);
  return late && `the follower was stale until ${late.lastMs.toFixed(0)} ms, long past the sync limit`;
}

/** A sentence names the watch, what it followed and what was wrong with what it received. */
export const watchNamed = (run: RunResult) =>
  run.anomalies.some(({ summary }) => /^watch w\d+ of \S+ on n\d/.test(summary))
    ? undefined
    : "did not say which watch was wrong about what";

/** There are anomalies of each of these kinds; others may follow from them. */
export const ofKinds =
  (...expected: readonly string[]) =>
  (run: RunResult) => {
    const found = new Set(run.anomalies.map(({ kind }) => kind));
    const missing = expected.filter((kind) => !found.has(kind));
    return missing.length === 0 ? undefined : `found ${[...found].join(", ")}, but no ${missing.join(", ")}`;
  };

export const foundStale = (run: RunResult) => (staleReads(run) > 0 ? undefined : "found no stale read");
export const onlyStale = (run: RunResult) =>
  run.verdict === "invalid" && staleReads(run) === 0 ? "was invalid, but not for a stale read" : undefined;
