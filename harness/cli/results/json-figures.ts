/** What `bench --json` says of phases and of each fault: the figures of the report, with null for what is not known. */
import type { FaultWindow } from "../../../core/fault.ts";
import type { Cost } from "../../../reports/comparison/cost.ts";
import type { FaultFigures, FaultLatency } from "../../../reports/data/fault-figures.ts";
import type { UntilHealed } from "../../../reports/data/heal.ts";
import type { Measure } from "../../../reports/data/measure.ts";
import type { FaultPhase, PeriodFigures } from "../../../reports/data/phases.ts";
import type { LatencyByPhase, RunFigures } from "../../../reports/data/run-figures.ts";

/** Operations of the load that started in a period. Latency in microseconds, of `ok` operations; null if there are none. */
export interface PeriodResult {
  readonly seconds: number;
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  readonly okPerSecond: number | null;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** `healthy`: no fault was active, nor in the 3 s before. `fault`: one was. `recovery`: the 3 s after each. */
export type PhasesResult = Readonly<Record<FaultPhase | "all", PeriodResult>>;

/** Figures by measure; `service` is null if no operation was meant to start before it was sent. */
export type ByMeasure<T> = Readonly<Record<Extract<Measure, "response">, T>> & { readonly service: T | null };

/** A fault as the report's tables show it; lengths are seconds since its begin, null if that did not happen before the next one. */
export interface FaultResult extends ByMeasure<FaultLatencyResult> {
  readonly name: string;
  readonly summary: string;
  readonly nodes: FaultFigures["roles"];
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** What shows that it took effect; null if nothing does. */
  readonly proof: string | null;
  readonly leaderKnownSeconds: number | null;
  readonly firstWriteSeconds: number | null;
  readonly firstReadSeconds: number | null;
  readonly withoutAnySeconds: number | null;
  readonly withoutWriteSeconds: number | null;
  readonly withoutReadSeconds: number | null;
  /** When its heal began: what came later is no recovery. */
  readonly healBeganSeconds: number;
  readonly servedBeforeHeal: boolean;
  /** Which of the times without a success lasted until then: they are lower bounds. */
  readonly untilHealed: UntilHealed;
  /** Null if no checker looked for lost writes. */
  readonly lostWrites: number | null;
}

/** Before and after: at most 5 s, and no other fault. */
export interface FaultLatencyResult {
  readonly before: PeriodResult;
  readonly during: PeriodResult;
  readonly after: PeriodResult;
  readonly failedWrites: number;
  readonly unknownWrites: number;
  readonly healthyAgainSeconds: number | null;
}

/** What the nodes used, all together; bytes and milliseconds, null for what is not known. */
export interface CostResult {
  readonly processorMsPerThousandOk: number | null;
  readonly peakMemoryBytes: number | null;
  readonly diskBytes: number | null;
  readonly diskBytesPerThousandOk: number | null;
  readonly writtenBytesPerThousandOk: number | null;
  readonly networkBytesPerThousandOk: number | null;
  readonly fsyncsPerThousandOk: number | null;
  /** From 1,000 keys that were put in place before the load. */
  readonly memoryBytesPerKey: number | null;
  readonly diskBytesPerKey: number | null;
}

export const costResult = (cost: Cost | undefined): CostResult | null =>
  cost === undefined
    ? null
    : {
        processorMsPerThousandOk: known(cost.cpuMsPerThousand),
        peakMemoryBytes: known(cost.peakMemory),
        diskBytes: known(cost.disk),
        diskBytesPerThousandOk: known(cost.diskPerThousand),
        writtenBytesPerThousandOk: known(cost.writtenPerThousand),
        networkBytesPerThousandOk: known(cost.networkPerThousand),
        fsyncsPerThousandOk: known(cost.syncsPerThousand),
        memoryBytesPerKey: known(cost.memoryPerKey),
        diskBytesPerKey: known(cost.diskPerKey),
      };

export const phasesResult = (figures: RunFigures): ByMeasure<PhasesResult> => byMeasure(figures, phases);

/** One for each of `faults`, whose figures are in their order. */
export const faultResults = (faults: readonly FaultWindow[], figures: RunFigures): FaultResult[] =>
  faults.flatMap((fault, i) => {
    const own = figures.faults[i];
    return own === undefined ? [] : [faultResult(fault, own)];
  });

function faultResult({ name, summary, from, to, proof }: FaultWindow, figures: FaultFigures): FaultResult {
  return {
    name,
    summary,
    nodes: figures.roles,
    fromSeconds: from / 1e9,
    toSeconds: to / 1e9,
    proof: proof ?? null,
    leaderKnownSeconds: figures.leaderSeconds ?? null,
    firstWriteSeconds: figures.firstWriteSeconds ?? null,
    firstReadSeconds: figures.firstReadSeconds ?? null,
    withoutAnySeconds: figures.withoutAnySeconds ?? null,
    withoutWriteSeconds: figures.withoutWriteSeconds ?? null,
    withoutReadSeconds: figures.withoutReadSeconds ?? null,
    healBeganSeconds: figures.healSeconds,
    servedBeforeHeal: figures.servedBeforeHeal,
    untilHealed: figures.untilHealed,
    lostWrites: figures.lostWrites ?? null,
    ...byMeasure(figures, faultLatency),
  };
}

const byMeasure = <F, T>(
  { response, service }: { readonly response: F; readonly service?: F },
  made: (figures: F) => T,
): ByMeasure<T> => ({
  response: made(response),
  service: service === undefined ? null : made(service),
});

const phases = ({ healthy, fault, recovery, all }: LatencyByPhase): PhasesResult => ({
  healthy: period(healthy),
  fault: period(fault),
  recovery: period(recovery),
  all: period(all),
});

const faultLatency = (latency: FaultLatency): FaultLatencyResult => ({
  before: period(latency.before),
  during: period(latency.during),
  after: period(latency.after),
  failedWrites: latency.failedWrites,
  unknownWrites: latency.unknownWrites,
  healthyAgainSeconds: latency.healthySeconds ?? null,
});

const period = ({ seconds, ok, fail, info, okPerSecond, p50, p99, max }: PeriodFigures): PeriodResult => ({
  seconds,
  ok,
  fail,
  info,
  okPerSecond: known(okPerSecond),
  p50: known(p50),
  p99: known(p99),
  max: known(max),
});

const known = (value: number): number | null => (Number.isFinite(value) ? value : null);
