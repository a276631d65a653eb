/** Medians of the strikes of each kind of fault, for the terminal and for JSON. */
import type { Digest } from "../../../reports/comparison/digest.ts";
import {
  type Failover,
  type FailoverMeasure,
  failoverMeasures,
  mediansOf,
} from "../../../reports/data/failover.ts";
import { table } from "../output.ts";

/** A median with its 95% interval. Null: not before the next fault, or too few strikes for an interval. */
export interface MedianResult {
  readonly median: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** Seconds since the fault's begin, but for the two that count writes. */
export type FailoverResult = Readonly<Record<FailoverMeasure, MedianResult>> & {
  readonly name: string;
  readonly strikes: number;
  readonly unproven: number;
};

export const failoverResults = ({ failovers }: Pick<Digest, "failovers">): FailoverResult[] =>
  failovers.map((failover) => {
    const medians = mediansOf(failover);
    const measured = failoverMeasures.map((measure) => {
      const { median, low, high } = medians[measure];
      return [measure, { median: finite(median), low: finite(low), high: finite(high) }] as const;
    });
    const { name, strikes, unproven } = failover;
    return {
      name,
      strikes,
      unproven,
      ...(Object.fromEntries(measured) as Record<FailoverMeasure, MedianResult>),
    };
  });

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** A table of the kinds that struck at least `least` times; empty if there are none. */
export function failoverLines({ failovers }: Pick<Digest, "failovers">, least = 6): string {
  const shown = failovers.filter(({ strikes }) => strikes >= least);
  if (shown.length === 0) return "";
  const names = ["leader lost", "new leader", "unwritable", "unreadable", "healthy p99", "stale window"];
  return table(["median of the strikes (95% interval)", "strikes", ...names], shown.map(row));
}

function row(failover: Failover): string[] {
  const medians = mediansOf(failover);
  const spans = failoverMeasures.slice(0, 6).map((measure) => {
    const { median, low, high } = medians[measure];
    const range = Number.isNaN(low) ? "" : ` (${inSeconds(low)} to ${inSeconds(high)})`;
    return `${inSeconds(median)}${range}`;
  });
  return [failover.name, String(failover.strikes), ...spans];
}

const inSeconds = (seconds: number): string =>
  Number.isNaN(seconds) ? "–" : Number.isFinite(seconds) ? `${seconds.toFixed(2)} s` : "never";
