/** What two sides are compared by: each operation at each percentile, throughput, outages, cost. */
import { type Kind, kinds, type RunDigest } from "../comparison/digest.ts";
import { enoughFor, type Percentile, percentiles } from "../comparison/operation-figures.ts";
import { leastOutageDifference } from "../comparison/standing.ts";
import { formatBytes, formatMicros, formatRate, formatSpan } from "../numbers.ts";

export type Topic = "latency" | "throughput" | "outage" | "cost";

export interface Quantity {
  /** `write p99`, `longest without a write` */
  readonly name: string;
  readonly topic: Topic;
  readonly unit: "µs" | "/s" | "s" | "ms" | "B";
  /** Whether less is better; else more is. */
  readonly lessIsBetter: boolean;
  /** Smallest difference that was measured, in the unit. */
  readonly leastDifference: number;
  /** NaN if it is not known, or of too few operations. */
  of(run: RunDigest): number;
  format(value: number): string;
}

const words: Readonly<Record<Topic, { readonly better: string; readonly worse: string }>> = {
  latency: { better: "faster", worse: "slower" },
  throughput: { better: "faster", worse: "slower" },
  outage: { better: "shorter", worse: "longer" },
  cost: { better: "lower", worse: "higher" },
};

/** `faster`, `slower`: what it means that the second median is less (-1) or more (1). */
export function differenceWord({ topic, lessIsBetter }: Quantity, sign: -1 | 1): string {
  return words[topic][sign < 0 === lessIsBetter ? "better" : "worse"];
}

/** Quantities of which any of the runs knows something. */
export function quantitiesOf(runs: readonly RunDigest[]): Quantity[] {
  const names = [...new Set(runs.flatMap(({ operations }) => Object.keys(operations)))].sort();
  return [
    ...names.flatMap((name) =>
      (Object.keys(percentiles) as Percentile[]).map((percentile) => latency(name, percentile)),
    ),
    throughput,
    ...kinds.map(outage),
    ...costs,
  ].filter((quantity) => runs.some((run) => Number.isFinite(quantity.of(run))));
}

const latency = (operation: string, percentile: Percentile): Quantity => ({
  name: `${operation} ${percentile}`,
  topic: "latency",
  unit: "µs",
  lessIsBetter: true,
  leastDifference: 0,
  of: ({ operations }) => {
    const own = operations[operation]?.response;
    return own === undefined || own.ok < enoughFor[percentile] ? Number.NaN : own[percentile];
  },
  format: formatMicros,
});

const throughput: Quantity = {
  name: "ok per second",
  topic: "throughput",
  unit: "/s",
  lessIsBetter: false,
  leastDifference: 0,
  of: ({ okPerSecond }) => (okPerSecond > 0 ? okPerSecond : Number.NaN),
  format: (value) => `${formatRate(value)}/s`,
};

const outage = (kind: Kind): Quantity => ({
  name: `longest without a ${kind}`,
  topic: "outage",
  unit: "s",
  lessIsBetter: true,
  leastDifference: leastOutageDifference,
  of: (run) => (run.faults.length === 0 ? Number.NaN : (run.kinds[kind]?.longestWithout ?? Number.NaN)),
  format: formatSpan,
});

const cost = (
  name: string,
  of: (cost: NonNullable<RunDigest["cost"]>) => number,
  unit: Quantity["unit"],
  format: Quantity["format"],
): Quantity => ({
  name,
  topic: "cost",
  unit,
  lessIsBetter: true,
  leastDifference: 0,
  of: (run) => (run.cost === undefined ? Number.NaN : of(run.cost)),
  format,
});

const costs: readonly Quantity[] = [
  cost(
    "processor time per 1,000 ok",
    ({ cpuMsPerThousand }) => cpuMsPerThousand,
    "ms",
    (ms) => formatMicros(ms * 1e3),
  ),
  cost("peak memory", ({ peakMemory }) => peakMemory, "B", formatBytes),
];
