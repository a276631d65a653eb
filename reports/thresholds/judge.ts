/** Whether a run meets a threshold, and so fails. A metric of which there are no samples is no pass. */
import { measuredStaleness } from "../../checker/reads/measured-staleness.ts";
import { unreachable } from "../../core/assert.ts";
import type { LatencySummary, Run } from "../../core/run.ts";
import { count, listed } from "../../core/wording.ts";
import type { Digest, Kind } from "../comparison/digest.ts";
import { enoughFor, type Percentile } from "../comparison/operation-figures.ts";
import { formatCount, formatMicros, formatRate, formatShare } from "../numbers.ts";
import {
  type LatencyPart,
  type Metric,
  nameOf,
  type PlainMetric,
  type Threshold,
  type Unit,
} from "./grammar.ts";

export interface Judgement {
  readonly threshold: Threshold;
  /** `no-data`: there are too few samples to say. */
  readonly state: "passed" | "failed" | "no-data";
  /** In the unit of the limit; absent without data. */
  readonly value?: number;
  /** `write.p99 is 61.2 ms, and the run fails above 50 ms` */
  readonly sentence: string;
}

/** Judges a run by a threshold. Latencies are response times of all `ok` operations of the run, faults included. */
export function judgeThreshold(threshold: Threshold, digest: Digest): Judgement {
  const { metric, comparison, limit, unit } = threshold;
  const value =
    metric.name === "latency" ? latencyOf(metric, digest.run) : plainValue(metric.name, unit, digest);
  if (typeof value === "string")
    return { threshold, state: "no-data", sentence: `${nameOf(metric)} cannot be judged: ${value}` };
  const failed = meets[comparison](value, limit);
  const bound = { ">": "above", ">=": "from", "<": "below", "<=": "up to" }[comparison];
  return {
    threshold,
    state: failed ? "failed" : "passed",
    value,
    sentence: `${nameOf(metric)} is ${amount(value, unit)}, and the run fails ${bound} ${amount(limit, unit)}`,
  };
}

const meets: Readonly<Record<Threshold["comparison"], (value: number, limit: number) => boolean>> = {
  ">": (value, limit) => value > limit,
  ">=": (value, limit) => value >= limit,
  "<": (value, limit) => value < limit,
  "<=": (value, limit) => value <= limit,
};

/** Microseconds, or why it is not known. */
function latencyOf(
  { operation, part }: Extract<Metric, { name: "latency" }>,
  { latency }: Run,
): number | string {
  const ok = latency.filter(({ outcome, measure }) => outcome === "ok" && measure === "response");
  const own = ok.find(({ f }) => f === operation);
  const needed = part === "p95" ? enoughFor.p90 : part in enoughFor ? enoughFor[part as Percentile] : 1;
  if (own === undefined) {
    const others = ok.map(({ f }) => f);
    return `no ${operation} succeeded${others.length > 0 ? ` (what did: ${listed(others)})` : ""}`;
  }
  if (own.count < needed)
    return `it needs ${count(needed, "successful operation")}, and there are ${formatCount(own.count)}`;
  return partOf(own, part);
}

function partOf(summary: LatencySummary, part: LatencyPart): number {
  if (part === "p99.9") return summary.p999;
  if (part !== "p90") return summary[part];
  const [, micros] = summary.spectrum.find(([percentile]) => percentile >= 90) ?? [100, summary.max];
  return micros;
}

function plainValue(name: PlainMetric, unit: Unit, digest: Digest): number | string {
  switch (name) {
    case "errors": {
      const { errors, operations } = digest.errors;
      if (operations === 0) return "the load had no operations";
      return unit === "%" ? errors / operations : errors;
    }
    case "ok":
      return digest.errors.operations === 0 ? "the load had no operations" : digest.okPerSecond;
    case "unwritable":
      return withoutMicros(digest, "write");
    case "unreadable":
      return withoutMicros(digest, "read");
    case "stale-reads": {
      const measured = measuredStaleness(digest.run.verdicts);
      if (measured === undefined) return "staleness was not measured";
      return unit === "%" ? measured.stale / measured.reads : measured.stale;
    }
    default:
      return unreachable(name);
  }
}

function withoutMicros({ kinds }: Digest, kind: Kind): number | string {
  const own = kinds[kind];
  return own === undefined ? `there were no ${kind}s` : own.longestWithout * 1e6;
}

function amount(value: number, unit: Unit): string {
  if (unit === "time") return formatMicros(value);
  if (unit === "%") return formatShare(value);
  return unit === "/s" ? `${formatRate(value)}/s` : formatCount(value);
}

/** Judges each run by each threshold; runs of a workload that never asked for what it limits are left out if another one did. */
export function judgeRuns<R extends { readonly digest: Digest }>(
  thresholds: readonly Threshold[],
  runs: readonly R[],
): { readonly of: R; readonly judgement: Judgement }[] {
  return thresholds.flatMap((threshold) => {
    const judged = runs.map((of) => ({ of, judgement: judgeThreshold(threshold, of.digest) }));
    const asking = new Set(
      judged
        .filter(({ of, judgement }) => judgement.state !== "no-data" || hasAsked(threshold.metric, of.digest))
        .map(({ of }) => of.digest.run.workload),
    );
    return judged.filter(({ of }) => asking.size === 0 || asking.has(of.digest.run.workload));
  });
}

/** Whether a run is to blame for having too few samples: it asked and had no answer, or it asked for nothing at all. */
const hasAsked = (metric: Metric, { run, errors }: Digest): boolean =>
  errors.operations === 0 ||
  (metric.name === "latency" && run.latency.some(({ f }) => f === metric.operation));
