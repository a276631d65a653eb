/** One line of the list of runs. */
import type { Run } from "../../core/run.ts";
import { knownLimits, type VerdictKind } from "../../core/verdict.ts";
import { enoughFor } from "../data/series.ts";

/**
 * How far a run has come. `starting`: its cluster is not up yet. `checking`: the load is over. `killed`: its harness is gone, and
 * nobody checked what it had recorded. `unreadable`: its run.json is.
 */
export type RunState = "starting" | "running" | "checking" | "ended" | "killed" | "unreadable";

/** Whether a run goes on, and can be followed. */
export const goesOn = (state: RunState): boolean =>
  state === "starting" || state === "running" || state === "checking";

export interface RunRow {
  /** The name of its directory. */
  readonly id: string;
  readonly state: RunState;
  /** Absent while a run starts, and if its run.json is unreadable. */
  readonly summary?: RunSummary;
  /** Why run.json is unreadable. */
  readonly problem?: string;
}

export interface RunSummary {
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly system: string;
  readonly version: string;
  readonly mutant?: string;
  readonly runtime: string;
  readonly workload: string;
  readonly readMode: string;
  readonly nemeses: readonly string[];
  readonly verdict: VerdictKind;
  readonly hasKnownLimit: boolean;
  readonly operations: Run["operations"];
  /** Response time of the slowest kind of operation that has a p99, microseconds. */
  readonly p99?: { readonly f: string; readonly micros: number };
}

export function summaryOf(run: Run): RunSummary {
  const p99 = slowest(run.latency);
  return {
    startedAt: run.startedAt,
    system: run.system.name,
    version: run.system.version,
    ...(run.mutant !== undefined && { mutant: run.mutant }),
    runtime: run.runtime,
    workload: run.workload,
    readMode: run.readMode.name,
    nemeses: run.nemeses,
    verdict: run.verdict,
    hasKnownLimit: knownLimits(run.verdicts).length > 0,
    operations: run.operations,
    ...(p99 !== undefined && { p99 }),
  };
}

function slowest(latency: Run["latency"]): RunSummary["p99"] {
  const known = latency.filter(
    ({ outcome, measure, count }) => outcome === "ok" && measure === "response" && count >= enoughFor.p99,
  );
  const [first] = known.toSorted((a, b) => b.p99 - a.p99);
  return first && { f: first.f, micros: first.p99 };
}

/** Newest first. A run that has no time yet is new. */
export const newestFirst = (rows: readonly RunRow[]): RunRow[] =>
  rows.toSorted((a, b) => compare(timeOf(b), timeOf(a)) || compare(b.id, a.id));

const timeOf = ({ id, state, summary }: RunRow): string =>
  summary?.startedAt ?? (state === "starting" ? "9" : timeOfId(id));

/** The time that begins the name of a run's directory, as ISO 8601. */
const timeOfId = (id: string): string => {
  const [, y, m, d, h, min, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/.exec(id) ?? [];
  return y === undefined ? "" : `${y}-${m}-${d}T${h}:${min}:${s}`;
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
