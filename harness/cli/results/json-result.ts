/** Shape of what `bench --json` and `check --json` print; shared with everything that reads it. */
import { type MeasuredStaleness, measuredStaleness } from "../../../checker/reads/measured-staleness.ts";
import type {
  ClientHealth,
  LatencySummary,
  OutcomeCounts,
  Run,
  Target,
  TargetRole,
} from "../../../core/run.ts";
import { toSeconds } from "../../../core/time.ts";
import { knownLimits, type MetLimit, type VerdictKind, worst } from "../../../core/verdict.ts";
import type { Digest } from "../../../reports/comparison/digest.ts";
import type { RunFigures } from "../../../reports/data/run-figures.ts";
import { requestedPerSecond, sentPerSecond } from "../../../reports/data/speed.ts";
import type { Studies } from "../../../reports/studies/figures.ts";
import type { Threshold } from "../../../reports/thresholds/grammar.ts";
import { type Judgement, judgeRuns } from "../../../reports/thresholds/judge.ts";
import type { Understood } from "../check/understood.ts";
import { type FailoverResult, failoverResults } from "./failover-lines.ts";
import {
  type ByMeasure,
  type CostResult,
  costResult,
  type FaultResult,
  faultResults,
  type PhasesResult,
  phasesResult,
} from "./json-figures.ts";
import { type StaleAtNode, staleByFault } from "./stale-by-fault.ts";

/** `assay bench --json`. */
export interface BenchResult {
  /** Each threshold of `--fail-if` in each run, those that failed first. */
  readonly thresholds: readonly ThresholdResult[];
  /** The worst verdict of all runs. */
  readonly verdict: VerdictKind;
  readonly seconds: number;
  readonly runs: readonly RunResult[];
  /** The page that compares the runs, if there are several. */
  readonly comparison?: string;
}

/** Which run. */
interface RunName {
  readonly system: string;
  readonly version: string;
  readonly runtime: string;
  readonly workload: string;
  readonly readMode: string;
  readonly seed: number;
}

export interface ThresholdResult extends RunName {
  /** As it was typed. */
  readonly text: string;
  /** `no-data` fails the command as well. */
  readonly state: Judgement["state"];
  /** Microseconds, a share, a rate per second or a number; null without data. */
  readonly value: number | null;
  readonly sentence: string;
  readonly dir: string;
}

export interface RunResult extends RunName {
  /** Length of the whole run. */
  readonly seconds: number;
  readonly verdict: VerdictKind;
  readonly knownLimitFound: boolean;
  /** Known limits that were found. */
  readonly knownLimits: readonly MetLimit[];
  /** Null if not measured. */
  readonly staleReads: (MeasuredStaleness & { readonly share: number }) | null;
  readonly operations: OutcomeCounts;
  /** Microseconds, for each operation, outcome and measure. `response` counts from the intended start, `service` from the send. */
  readonly latency: readonly Omit<LatencySummary, "spectrum">[];
  /** Operations per second. `requested` is an average, null in a closed loop, and `sent` where nothing says it. */
  readonly rates: { readonly requested: number | null; readonly sent: number | null; readonly ok: number };
  /** Longest time in which operations of a kind were pending and none succeeded, seconds; null if there were none. */
  readonly outages: { readonly writeSeconds: number | null; readonly readSeconds: number | null };
  /** The nodes that clients were pinned to, and the seconds of load after which another leader was seen; null: all nodes. */
  readonly target: TargetResult | null;
  /** Connections to each node that the clients of one load worker shared; null: each had its own. */
  readonly connections: number | null;
  /** How the load generator fared. */
  readonly client: ClientHealth;
  /** What the nodes used, all together; null if nothing was sampled. */
  readonly cost: CostResult | null;
  /** Whether the load was more than the healthy cluster could take; null if nothing says it. */
  readonly overloaded: boolean | null;
  /** For each nemesis, how often it struck and how often it took effect. */
  readonly faults: readonly { readonly name: string; readonly windows: number; readonly proven: number }[];
  /** The load while healthy, under faults and after them. */
  readonly phases: ByMeasure<PhasesResult>;
  /** Each fault, in order of their begin. */
  readonly faultWindows: readonly FaultResult[];
  /** Medians of the strikes of each kind of fault. */
  readonly failovers: readonly FailoverResult[];
  /** Figures that only some loads have; what is not known is null. */
  readonly studies: Studies;
  readonly anomalies: readonly (AnomalyResult & { readonly known?: boolean; readonly limit?: MetLimit })[];
  /** Figures of all checkers. */
  readonly figures: Readonly<Record<string, number>>;
  readonly staleness: readonly StaleAtNode[];
  readonly dir: string;
  readonly report: string;
  /** Why the run failed, if it did. */
  readonly error?: string;
}

interface TargetResult {
  readonly role: TargetRole;
  readonly nodes: readonly string[];
  readonly changedAtSeconds: number | null;
}

export interface AnomalyResult {
  readonly kind: string;
  readonly summary: string;
}

/** `assay check --json`. */
export interface CheckResult {
  /** The worst verdict of all files. */
  readonly verdict: VerdictKind;
  readonly operations: number;
  readonly seconds: number;
  readonly anomalies: readonly AnomalyResult[];
  readonly files: readonly CheckedFile[];
  /** File given by `--report`. */
  readonly report?: string;
}

export interface CheckedFile {
  readonly file: string;
  /** Whether the last line was cut off and ignored. */
  readonly truncated: boolean;
  readonly verdict: VerdictKind;
  readonly operations: number;
  readonly understood: Understood;
  readonly judgedInSeconds: number;
}

/** A finished run, with its directory and report. */
export interface Finished {
  readonly run: Run;
  readonly dir: string;
  readonly report: string;
  readonly digest: Digest;
  readonly figures: RunFigures;
  readonly failure?: string;
}

export const benchResult = (
  finished: readonly Finished[],
  {
    seconds,
    comparison,
    thresholds = [],
  }: {
    readonly seconds: number;
    readonly comparison?: string | undefined;
    readonly thresholds?: readonly Threshold[];
  },
): BenchResult => {
  const judged = judgeRuns(thresholds, finished).map(thresholdResult);
  return {
    thresholds: [
      ...judged.filter(({ state }) => state !== "passed"),
      ...judged.filter(({ state }) => state === "passed"),
    ],
    verdict: worst(finished.map(({ run }) => run.verdict)),
    seconds,
    runs: finished.map(runResult),
    ...(comparison !== undefined && { comparison }),
  };
};

const nameOf = (run: Run): RunName => ({
  system: run.system.name,
  version: run.system.version,
  runtime: run.runtime,
  workload: run.workload,
  readMode: run.readMode.name,
  seed: run.seed,
});

const thresholdResult = ({
  of: { run, dir },
  judgement: { threshold, state, value, sentence },
}: {
  readonly of: Finished;
  readonly judgement: Judgement;
}): ThresholdResult => ({
  text: threshold.text,
  state,
  value: value ?? null,
  sentence,
  ...nameOf(run),
  dir,
});

function runResult({ run, dir, report, digest, figures, failure }: Finished): RunResult {
  return {
    ...nameOf(run),
    seconds: run.seconds,
    verdict: run.verdict,
    knownLimitFound: knownLimits(run.verdicts).length > 0,
    knownLimits: knownLimits(run.verdicts).flatMap(({ limit }) => limit ?? []),
    staleReads: staleShare(run.verdicts),
    operations: run.operations,
    latency: run.latency.map(({ spectrum: _, ...summary }) => summary),
    rates: {
      requested: requestedPerSecond(run) ?? null,
      sent: sentPerSecond(run) ?? null,
      ok: digest.okPerSecond,
    },
    outages: {
      writeSeconds: digest.kinds.write?.longestWithout ?? null,
      readSeconds: digest.kinds.read?.longestWithout ?? null,
    },
    target: targetResult(run.target),
    connections: run.connections ?? null,
    client: run.client,
    cost: costResult(digest.cost),
    overloaded: run.overloaded ?? null,
    faults: faultCounts(run),
    phases: phasesResult(figures),
    faultWindows: faultResults(digest.faults, figures),
    failovers: failoverResults(digest),
    studies: digest.studies,
    anomalies: run.verdicts.flatMap(({ anomalies }) =>
      anomalies.map(({ kind, summary, known, limit }) => ({
        kind,
        summary,
        ...(known && { known }),
        ...(limit && { limit }),
      })),
    ),
    figures: Object.assign({}, ...run.verdicts.map(({ figures }) => figures ?? {})),
    staleness: staleByFault(run),
    dir,
    report,
    ...(failure !== undefined && { error: failure }),
  };
}

function staleShare(verdicts: Run["verdicts"]): RunResult["staleReads"] {
  const measured = measuredStaleness(verdicts);
  return measured === undefined ? null : { ...measured, share: measured.stale / measured.reads };
}

const targetResult = (target: Target | undefined): TargetResult | null =>
  target === undefined
    ? null
    : {
        role: target.role,
        nodes: target.nodes,
        changedAtSeconds: target.changedAt === undefined ? null : toSeconds(target.changedAt),
      };

function faultCounts({ faults }: Run): RunResult["faults"] {
  return [...new Set(faults.map(({ name }) => name))].map((name) => {
    const windows = faults.filter((fault) => fault.name === name);
    const proven = windows.filter(({ proof }) => proof !== undefined).length;
    return { name, windows: windows.length, proven };
  });
}
