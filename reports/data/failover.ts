/** How a system fails over: what the strikes of each kind of fault did, as medians with their intervals. */
import { staleWindowsOf } from "../../checker/reads/stale-lanes.ts";
import type { FaultWindow } from "../../core/fault.ts";
import { nanos } from "../../core/time.ts";
import type { Verdict } from "../../core/verdict.ts";
import { medianOf } from "../statistics/median.ts";
import { type Interval, medianInterval } from "../statistics/median-interval.ts";
import type { FaultFigures } from "./fault-figures.ts";
import { type HealedTime, lowerBound } from "./heal.ts";
import type { Period } from "./phases.ts";

/** What is measured of each strike, in seconds since the fault began, but for the last two, which count writes. */
export const failoverMeasures = [
  "detected",
  "elected",
  "unwritable",
  "unreadable",
  "healthy",
  "stale",
  "failedWrites",
  "unknownWrites",
] as const;
export type FailoverMeasure = (typeof failoverMeasures)[number];

/** All strikes of one kind of fault in one run, or in several of one system. */
export interface Failover {
  /** The step of the schedule: `kill-leader`. */
  readonly name: string;
  /** Faults that were proven. Only they count. */
  readonly strikes: number;
  readonly unproven: number;
  /** Strikes after which clients were served again before the heal, and still were when it began. */
  readonly served: number;
  /**
   * One value for each strike, infinite where it did not happen before the next fault; none where nothing was asked that would tell.
   * Those that lasted until the fault was healed are lower bounds.
   */
  readonly samples: Readonly<Record<FailoverMeasure, readonly HealedTime[]>>;
}

/** A median with its interval, whose high end is what it would be if the times that were cut short by heals had never ended. */
export interface FailoverMedian extends Interval {
  /** Whether the median would be higher then, too. */
  readonly isLowerBound: boolean;
}

/** The medians of a kind of fault. */
export type FailoverMedians = Readonly<Record<FailoverMeasure, FailoverMedian>>;

interface Strike {
  readonly fault: FaultWindow;
  readonly figures: FaultFigures;
  /** From the first stale read that was sent before the next fault to the last that was answered; absent if there were none. */
  readonly stale?: Period;
}

interface Measured {
  /** Undefined: it never happened, or nothing was asked that would tell. */
  readonly of: (strike: Strike) => number | undefined;
  readonly untilHealed: (strike: Strike) => boolean;
  /** Whether what would tell was there: without it nothing was measured, rather than never seen to end. */
  readonly isMeasured?: (strike: Strike) => boolean;
}

const latency = ({ figures }: Strike) => figures.service ?? figures.response;
/** Whether something came only when the heal had begun. */
const isLate = (seconds: number | undefined, { figures }: Strike): boolean =>
  seconds !== undefined && seconds >= figures.healSeconds;

const measured: Readonly<Record<FailoverMeasure, Measured>> = {
  detected: {
    of: ({ figures }) => figures.leaderLostSeconds,
    untilHealed: (strike) => isLate(strike.figures.leaderLostSeconds, strike),
  },
  elected: {
    of: ({ figures }) => figures.leaderSeconds,
    untilHealed: (strike) => isLate(strike.figures.leaderSeconds, strike),
  },
  unwritable: {
    of: ({ figures }) => figures.withoutWriteSeconds,
    untilHealed: ({ figures }) => figures.untilHealed.writes,
    isMeasured: ({ figures }) => figures.withoutWriteSeconds !== undefined,
  },
  unreadable: {
    of: ({ figures }) => figures.withoutReadSeconds,
    untilHealed: ({ figures }) => figures.untilHealed.reads,
    isMeasured: ({ figures }) => figures.withoutReadSeconds !== undefined,
  },
  healthy: {
    of: (strike) => latency(strike).healthySeconds,
    // Faults may end as soon as clients are served again, before latency is back: then the heal is not what brought it back.
    untilHealed: (strike) =>
      !strike.figures.servedBeforeHeal && isLate(latency(strike).healthySeconds, strike),
    isMeasured: (strike) => latency(strike).isHealthyKnown,
  },
  stale: {
    of: ({ stale }) => (stale === undefined ? 0 : (stale.to - stale.from) / 1e9),
    untilHealed: ({ stale, fault, figures }) =>
      stale !== undefined &&
      (stale.from - fault.from) / 1e9 < figures.healSeconds &&
      (stale.to - fault.from) / 1e9 >= figures.healSeconds,
  },
  failedWrites: { of: (strike) => latency(strike).failedWrites, untilHealed: () => false },
  unknownWrites: { of: (strike) => latency(strike).unknownWrites, untilHealed: () => false },
};

/** Groups the faults of a run by kind, in the order in which the kinds first struck. `figures` are in the order of `faults`. */
export function failovers(
  faults: readonly FaultWindow[],
  figures: readonly FaultFigures[],
  verdicts: readonly Pick<Verdict, "lanes">[],
): Failover[] {
  const windows = verdicts.flatMap(staleWindowsOf);
  const strikes = faults.map((fault, i): Strike => {
    const next = faults.slice(i + 1).find(({ from }) => from >= fault.to)?.from ?? Number.POSITIVE_INFINITY;
    const stale = spanOf(windows.filter((window) => window.from >= fault.from && window.from < next));
    return { fault, figures: figures[i] as FaultFigures, ...(stale !== undefined && { stale }) };
  });
  return [...new Set(faults.map(({ name }) => name))].map((name) => {
    const own = strikes.filter(({ fault }) => fault.name === name);
    const proven = own.filter(({ fault }) => fault.proof !== undefined);
    return {
      name,
      strikes: proven.length,
      unproven: own.length - proven.length,
      served: proven.filter((strike) => strike.figures.servedBeforeHeal).length,
      samples: ofEach((measure) => proven.flatMap((strike) => sampleOf(strike, measured[measure]))),
    };
  });
}

function sampleOf(strike: Strike, { of, untilHealed, isMeasured }: Measured): HealedTime[] {
  const value = of(strike);
  if (isMeasured?.(strike) === false) return [];
  return [{ value: value ?? Number.POSITIVE_INFINITY, untilHealed: untilHealed(strike) }];
}

const spanOf = (periods: readonly Period[]): Period | undefined =>
  periods.reduce<Period | undefined>(
    (span, { from, to }) =>
      span === undefined
        ? { from, to }
        : { from: nanos(Math.min(from, span.from)), to: nanos(Math.max(to, span.to)) },
    undefined,
  );

const ofEach = <T>(made: (measure: FailoverMeasure) => T): Record<FailoverMeasure, T> =>
  Object.fromEntries(failoverMeasures.map((measure) => [measure, made(measure)])) as Record<
    FailoverMeasure,
    T
  >;

/** The strikes of several runs together, by kind of fault. */
export function pooled(runs: readonly (readonly Failover[])[]): Failover[] {
  const all = runs.flat();
  return [...new Set(all.map(({ name }) => name))].map((name) => {
    const own = all.filter((one) => one.name === name);
    const sum = (of: (one: Failover) => number) => own.reduce((total, one) => total + of(one), 0);
    return {
      name,
      strikes: sum(({ strikes }) => strikes),
      unproven: sum(({ unproven }) => unproven),
      served: sum(({ served }) => served),
      samples: ofEach((measure) => own.flatMap((one) => one.samples[measure])),
    };
  });
}

export const mediansOf = ({ samples }: Failover): FailoverMedians =>
  ofEach((measure) => medianOfTimes(samples[measure]));

function medianOfTimes(times: readonly HealedTime[]): FailoverMedian {
  const [seen, most] = [true, false].map((ended) =>
    medianInterval(
      times.map(({ value, untilHealed }) => (ended || !untilHealed ? value : Number.POSITIVE_INFINITY)),
    ),
  ) as [Interval, Interval];
  return { ...seen, high: most.high, isLowerBound: lowerBound(times, medianOf).untilHealed };
}
