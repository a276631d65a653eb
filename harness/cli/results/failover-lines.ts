/** Medians of the strikes of each kind of fault, for the terminal and for JSON. */
import type { Digest } from "../../../reports/comparison/digest.ts";
import {
  type Failover,
  type FailoverMeasure,
  failoverMeasures,
  mediansOf,
} from "../../../reports/data/failover.ts";
import { healedWords } from "../../../reports/data/heal.ts";
import { table } from "../output.ts";

/** A median with its 95% interval. Null: not before the next fault, not known because of heals, or too few strikes for an interval. */
export interface MedianResult {
  readonly median: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Whether it would be higher if times had not been cut short by the heals of the faults. */
  readonly isLowerBound: boolean;
}

/** Seconds since the fault's begin, but for the two that count writes. */
export type FailoverResult = Readonly<Record<FailoverMeasure, MedianResult>> & {
  readonly name: string;
  readonly strikes: number;
  readonly unproven: number;
  /** Strikes after which clients were served again before the heal, and still were when it began. */
  readonly servedBeforeHeal: number;
};

export const failoverResults = ({ failovers }: Pick<Digest, "failovers">): FailoverResult[] =>
  failovers.map((failover) => {
    const medians = mediansOf(failover);
    const measured = failoverMeasures.map((measure) => {
      const { median, low, high, isLowerBound } = medians[measure];
      const found = { median: finite(median), low: finite(low), high: finite(high), isLowerBound };
      return [measure, found] as const;
    });
    const { name, strikes, unproven, served } = failover;
    return {
      name,
      strikes,
      unproven,
      servedBeforeHeal: served,
      ...(Object.fromEntries(measured) as Record<FailoverMeasure, MedianResult>),
    };
  });

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** A table of the kinds that struck at least `least` times; empty if there are none. */
export function failoverLines({ failovers }: Pick<Digest, "failovers">, least = 6): string {
  const shown = failovers.filter(({ strikes }) => strikes >= least);
  if (shown.length === 0) return "";
  const names = ["leader lost", "new leader", "unwritable", "unreadable", "healthy p99", "stale window"];
  return [
    table(["median of the strikes (95% interval)", "served before the heal", ...names], shown.map(row)),
    ...(shown.some(({ strikes, served }) => served < strikes) ? [boundNote] : []),
  ].join("\n");
}

const boundNote =
  "≥: a lower bound, as this lasted until the fault was healed in enough of the strikes; that is no recovery";

function row(failover: Failover): string[] {
  const medians = mediansOf(failover);
  const spans = failoverMeasures.slice(0, 6).map((measure) => {
    const { median, low, high, isLowerBound } = medians[measure];
    const range = Number.isNaN(low)
      ? ""
      : ` (${inSeconds(low)} to ${Number.isFinite(low) && !Number.isFinite(high) ? "…" : inSeconds(high)})`;
    return `${healedWords({ value: median, untilHealed: isLowerBound }, inSeconds)}${range}`;
  });
  return [failover.name, `${failover.served} of ${failover.strikes}`, ...spans];
}

const inSeconds = (seconds: number): string =>
  Number.isNaN(seconds) ? "–" : Number.isFinite(seconds) ? `${seconds.toFixed(2)} s` : "never";
