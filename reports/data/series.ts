import type { Operation } from "../../core/op.ts";
import { millis, type Nanos } from "../../core/time.ts";

/**
 * Figures over time, from every operation of the run, never from a sample. Latency is the response time of `ok` operations,
 * in the bucket of their intended start, so that a stall shows where it began; throughput counts outcomes in the bucket in
 * which they became known.
 */
export interface Series {
  readonly bucketSeconds: number;
  readonly buckets: number;
  /** All operations together first (`f` is ""), then each one. Microseconds; NaN if nothing succeeded. */
  readonly latency: readonly LatencySeries[];
  /** Operations per second, by outcome. */
  readonly throughput: Readonly<Record<"ok" | "fail" | "info", Float32Array>>;
}

export interface LatencySeries {
  readonly f: string;
  readonly p50: Float32Array;
  readonly p95: Float32Array;
  readonly p99: Float32Array;
  readonly max: Float32Array;
}

const finestBucket = millis(100);
const bucketLimit = 4_000;

/** Makes series with buckets of 100 ms, or of a multiple of that if the run would need more than 4,000. */
export function seriesOf(operations: readonly Operation[], end: Nanos): Series {
  const bucket = finestBucket * Math.max(1, Math.ceil(end / finestBucket / bucketLimit));
  const buckets = Math.max(1, Math.ceil(end / bucket));
  const indexOf = (time: number) => Math.min(buckets - 1, Math.max(0, Math.floor(time / bucket)));
  const functions = [...new Set(operations.map((operation) => operation.call.f))].sort();
  const throughput = {
    ok: new Float32Array(buckets),
    fail: new Float32Array(buckets),
    info: new Float32Array(buckets),
  };
  const perSecond = 1e9 / bucket;
  for (const operation of operations) {
    const index = indexOf(Math.min(end, operation.completedAt));
    const counts = throughput[operation.outcome.type];
    counts[index] = (counts[index] ?? 0) + perSecond;
  }
  const answered = operations.filter((operation) => operation.outcome.type === "ok");
  return {
    bucketSeconds: bucket / 1e9,
    buckets,
    latency: ["", ...functions].map((f) =>
      latencySeries(
        f,
        answered.filter((operation) => f === "" || operation.call.f === f),
        buckets,
        indexOf,
      ),
    ),
    throughput,
  };
}

/** Time from intended start to outcome, or to `end` if there was no answer, in microseconds. */
export function responseMicros(operation: Operation, end: Nanos): number {
  return (Math.min(operation.completedAt, end) - (operation.intendedAt ?? operation.invokedAt)) / 1e3;
}

/** Smallest of the ascending values that a `share` of them does not exceed; NaN if there are none. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function latencySeries(
  f: string,
  operations: readonly Operation[],
  buckets: number,
  indexOf: (time: number) => number,
): LatencySeries {
  const samples: number[][] = Array.from({ length: buckets }, () => []);
  for (const operation of operations) {
    const startedAt = operation.intendedAt ?? operation.invokedAt;
    samples[indexOf(startedAt)]?.push((operation.completedAt - startedAt) / 1e3);
  }
  const series = {
    f,
    p50: new Float32Array(buckets),
    p95: new Float32Array(buckets),
    p99: new Float32Array(buckets),
    max: new Float32Array(buckets),
  };
  samples.forEach((sample, i) => {
    sample.sort((a, b) => a - b);
    series.p50[i] = quantile(sample, 0.5);
    series.p95[i] = quantile(sample, 0.95);
    series.p99[i] = quantile(sample, 0.99);
    series.max[i] = sample.at(-1) ?? Number.NaN;
  });
  return series;
}
