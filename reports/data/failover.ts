/** How a system fails over: what the strikes of each kind of fault did, as medians with their intervals. */
import { staleWindowsOf } from "../../checker/reads/stale-lanes.ts";
import type { FaultWindow } from "../../core/fault.ts";
import type { Verdict } from "../../core/verdict.ts";
import { type Interval, medianInterval } from "../statistics/median-interval.ts";
import type { FaultFigures } from "./fault-figures.ts";

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
  /** One value for each strike, infinite where it did not happen before the next fault; none where nothing was asked that would tell. */
  readonly samples: Readonly<Record<FailoverMeasure, readonly number[]>>;
}

/** The medians of a kind of fault. */
export type FailoverMedians = Readonly<Record<FailoverMeasure, Interval>>;

interface Strike {
  readonly fault: FaultWindow;
  readonly figures: FaultFigures;
  /** Begin of the next fault, or the end. */
  readonly next: number;
}

/** Groups the faults of a run by kind, in the order in which the kinds first struck. `figures` are in the order of `faults`. */
export function failovers(
  faults: readonly FaultWindow[],
  figures: readonly FaultFigures[],
  verdicts: readonly Pick<Verdict, "lanes">[],
): Failover[] {
  const windows = verdicts.flatMap(staleWindowsOf);
  const strikes = faults.map(
    (fault, i): Strike => ({
      fault,
      figures: figures[i] as FaultFigures,
      next: faults.slice(i + 1).find(({ from }) => from >= fault.to)?.from ?? Number.POSITIVE_INFINITY,
    }),
  );
  return [...new Set(faults.map(({ name }) => name))].map((name) => {
    const own = strikes.filter(({ fault }) => fault.name === name);
    const proven = own.filter(({ fault }) => fault.proof !== undefined);
    const each = (of: (strike: Strike) => number | undefined) =>
      proven.map((strike) => of(strike) ?? Number.POSITIVE_INFINITY);
    // Without such operations nothing was measured, rather than never seen to end.
    const measured = (of: (strike: Strike) => number | undefined) =>
      proven.map(of).filter((value) => value !== undefined);
    const latency = ({ figures }: Strike) => figures.service ?? figures.response;
    return {
      name,
      strikes: proven.length,
      unproven: own.length - proven.length,
      samples: {
        detected: each(({ figures }) => figures.leaderLostSeconds),
        elected: each(({ figures }) => figures.leaderSeconds),
        unwritable: measured(({ figures }) => figures.withoutWriteSeconds),
        unreadable: measured(({ figures }) => figures.withoutReadSeconds),
        healthy: each((strike) => latency(strike).healthySeconds),
        stale: each(({ fault, next }) => staleSeconds(windows, fault.from, next)),
        failedWrites: each((strike) => latency(strike).failedWrites),
        unknownWrites: each((strike) => latency(strike).unknownWrites),
      },
    };
  });
}

/** Seconds from the first stale read that was sent in a period to the last that was answered. */
function staleSeconds(
  windows: readonly { readonly from: number; readonly to: number }[],
  from: number,
  next: number,
): number {
  const own = windows.filter((window) => window.from >= from && window.from < next);
  if (own.length === 0) return 0;
  return (Math.max(...own.map(({ to }) => to)) - Math.min(...own.map((window) => window.from))) / 1e9;
}

/** The strikes of several runs together, by kind of fault. */
export function pooled(runs: readonly (readonly Failover[])[]): Failover[] {
  const all = runs.flat();
  return [...new Set(all.map(({ name }) => name))].map((name) => {
    const own = all.filter((one) => one.name === name);
    const samples = Object.fromEntries(
      failoverMeasures.map((measure) => [measure, own.flatMap((one) => one.samples[measure])]),
    ) as Record<FailoverMeasure, number[]>;
    return {
      name,
      strikes: own.reduce((sum, one) => sum + one.strikes, 0),
      unproven: own.reduce((sum, one) => sum + one.unproven, 0),
      samples,
    };
  });
}

export const mediansOf = ({ samples }: Failover): FailoverMedians =>
  Object.fromEntries(
    failoverMeasures.map((measure) => [measure, medianInterval(samples[measure])]),
  ) as FailoverMedians;
