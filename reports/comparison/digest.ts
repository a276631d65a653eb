/** What a comparison needs of one run: its record and figures of its load, without the operations themselves. */
import { type FaultWindow, faultWindows, leaderSpans } from "../../core/fault.ts";
import { type History, operations as operationsOf } from "../../core/history.ts";
import type { Operation } from "../../core/op.ts";
import type { Run, UsageSample } from "../../core/run.ts";
import { type Nanos, nanos } from "../../core/time.ts";
import { isReading, longest, outages } from "../data/availability.ts";
import { type ErrorCounts, errorsOf } from "../data/errors.ts";
import { type Failover, failovers } from "../data/failover.ts";
import { askersOf, okSinceMain } from "../data/load.ts";
import { type Measure, quantile, timed, tookMicros } from "../data/measure.ts";
import { figuresIn, type PeriodFigures, periodsOf, spanOf } from "../data/phases.ts";
import { okPerSecond, runFigures } from "../data/run-figures.ts";
import { type LatencySeries, seriesBy, seriesOf } from "../data/series.ts";
import { type Studies, studiesOf } from "../studies/figures.ts";
import { type Cost, costOf } from "./cost.ts";
import { type FiguresByMeasure, operationFigures } from "./operation-figures.ts";

/** Writes are linearizable in every read mode, reads are not: the two are never compared together. */
export const kinds = ["write", "read"] as const;
export type Kind = (typeof kinds)[number];

export interface RunDigest extends Digest {
  /** Address of the run's own report, relative to the comparison. */
  readonly href: string;
}

export interface Digest {
  readonly run: Run;
  /** Seconds from the run's begin to its last event. */
  readonly end: number;
  readonly faults: readonly FaultWindow[];
  /** `ok` operations of the load per second. */
  readonly okPerSecond: number;
  /** Operations of the load by kind; absent if there were none of the kind. */
  readonly kinds: Readonly<Partial<Record<Kind, KindFigures>>>;
  /** What the strikes of each kind of fault did. */
  readonly failovers: readonly Failover[];
  /** Figures that only some loads have: throughput-latency curve, rules that were passed, how it aged, whether it recovered. */
  readonly studies: Studies;
  /** Operations of the load by name. */
  readonly operations: Readonly<Record<string, FiguresByMeasure>>;
  /** Operations of the load that failed or have no known outcome. */
  readonly errors: ErrorCounts;
  /** Absent if no usage was recorded. */
  readonly cost?: Cost;
}

export interface KindFigures {
  readonly response: MeasuredFigures;
  /** Absent if no operation was meant to start before it was sent. */
  readonly service?: MeasuredFigures;
  /** Longest time in which operations of this kind were pending and none succeeded, seconds; 0 if they never waited. */
  readonly longestWithout: number;
}

export interface MeasuredFigures {
  /** While no fault was active, nor just before. */
  readonly healthy: PeriodFigures;
  readonly fault: PeriodFigures;
  readonly series: LatencySeries;
  /** `[nines, microseconds]` of all `ok` operations, ascending: 1 is the 90th percentile, 2 the 99th. */
  readonly spectrum: readonly (readonly [nines: number, micros: number])[];
}

/** Makes the digest of a stored run. */
export function digestOf(run: Run, history: History, usage: readonly UsageSample[]): Digest {
  const operations = operationsOf(history);
  const askers = askersOf(operations, history, run);
  const { load } = askers;
  const faults = run.faults.length > 0 ? run.faults : faultWindows(history);
  const end = nanos(Math.max(history.at(-1)?.time ?? 0, ...faults.map(({ to }) => to), 1e9));
  const ofKind = (kind: Kind) => {
    const own = load.filter((operation) => isReading(operation) === (kind === "read"));
    return own.length === 0 ? {} : { [kind]: kindFigures(own, faults, end) };
  };
  const figures = runFigures({ operations: load, faults, leaders: leaderSpans(history), end });
  const cost = costOf(usage, run, okSinceMain(askers));
  return {
    run,
    end: end / 1e9,
    faults,
    okPerSecond: okPerSecond(load),
    kinds: { ...ofKind("write"), ...ofKind("read") },
    failovers: failovers(faults, figures.faults, run.verdicts),
    studies: studiesOf({ run, operations: load, faults, usage, cost, end }),
    operations: operationFigures(load, faults, end),
    errors: errorsOf(load),
    ...(cost !== undefined && { cost }),
  };
}

function kindFigures(
  operations: readonly Operation[],
  faults: readonly FaultWindow[],
  end: Nanos,
): KindFigures {
  const worst = longest(outages(operations));
  const isOpen = operations.some(({ intendedAt }) => intendedAt !== undefined);
  const series = seriesOf(operations, [], end);
  const of = (measure: Measure): MeasuredFigures => {
    const all = timed(operations, measure);
    const { healthy, fault } = periodsOf(faults, spanOf(all));
    return {
      healthy: figuresIn(all, healthy, end),
      fault: figuresIn(all, fault, end),
      series: seriesBy(series, measure).latency[0] as LatencySeries,
      spectrum: spectrumOf(operations, measure, end),
    };
  };
  return {
    response: of("response"),
    ...(isOpen && { service: of("service") }),
    longestWithout: worst === undefined ? 0 : (worst.to - worst.from) / 1e9,
  };
}

/** Distance of the points of a spectrum, in nines. */
const ninesStep = 0.05;

function spectrumOf(
  operations: readonly Operation[],
  measure: Measure,
  end: Nanos,
): MeasuredFigures["spectrum"] {
  const answered = operations.filter(({ outcome }) => outcome.type === "ok");
  const sorted = Float64Array.from(answered, (operation) => tookMicros(operation, measure, end)).sort();
  if (sorted.length === 0) return [];
  // The slowest of n operations is drawn at 1 - 1/n: 100% itself is not on the axis.
  const most = Math.log10(sorted.length);
  const steps = Array.from({ length: Math.ceil(most / ninesStep) }, (_, i) => i * ninesStep);
  const inner = steps.map((nines) => [nines, quantile(sorted, 1 - 10 ** -nines)] as const);
  return [...inner, [most, sorted.at(-1) as number]];
}

/** Counts the faults with effect that struck the node that led. */
export const leaderStrikes = ({ faults }: RunDigest): number =>
  faults.filter(({ proof, led, nodes }) => proof !== undefined && led !== undefined && nodes.includes(led))
    .length;

/** Figures of a kind by a measure; those of the response time where the two are the same. */
export const measured = (figures: KindFigures, measure: Measure): MeasuredFigures =>
  (measure === "service" ? figures.service : undefined) ?? figures.response;
