import type { Operation } from "../../core/op.ts";
import { millis, type Nanos } from "../../core/time.ts";
import { type Measure, quantile, type Timed, timed, tookMicros } from "./measure.ts";

/**
 * Figures over time, from every operation of the load and never from a sample. An operation counts where it was meant to start
 * (`response`) or was sent (`service`), so that a stall shows where it began.
 */
export interface Series {
  /** Length of a step of rates, and the least of percentiles. */
  readonly bucketSeconds: number;
  readonly buckets: number;
  readonly response: MeasuredSeries;
  /** Absent if no operation was meant to start before it was sent. */
  readonly service?: MeasuredSeries;
}

export interface MeasuredSeries {
  /** All operations of the load together first (`f` is ""), then each name. */
  readonly latency: readonly LatencySeries[];
  /** Operations of the load per second, by outcome. */
  readonly rates: Readonly<Record<"ok" | "fail" | "info", Float32Array>>;
}

/** Percentiles of `ok` operations in steps that are as long as it takes to know them. Microseconds; NaN where there are too few. */
export interface LatencySeries {
  readonly f: string;
  /** Begin and end of each step, seconds. */
  readonly from: Float32Array;
  readonly to: Float32Array;
  readonly p50: Float32Array;
  readonly p95: Float32Array;
  readonly p99: Float32Array;
  readonly max: Float32Array;
}

/** A percentile of fewer operations than this would only be their maximum. */
export const enoughFor = { p50: 5, p95: 20, p99: 100 } as const;

/** Steps widen up to this for percentiles of few operations. */
export const widestStep = millis(1_000);
/** A step of rates holds this many operations on average. */
const perBucket = 20;
const bucketLimit = 1_200;
const lengths = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600].map((s) => s * 1e9);

/** Makes series of the load's operations, and of others under their names. Steps last 100 ms, or longer in slow or long runs. */
export function seriesOf(load: readonly Operation[], others: readonly Operation[], end: Nanos): Series {
  const least = Math.max(end / bucketLimit, load.length === 0 ? 0 : (end * perBucket) / load.length);
  // No longer than a thirtieth of the run: few operations are no reason to show nothing.
  const wanted = Math.max(end / bucketLimit, Math.min(least, end / 30));
  const bucket = lengths.find((length) => length >= wanted) ?? Math.ceil(wanted / 3.6e12) * 3.6e12;
  const buckets = Math.max(1, Math.ceil(end / bucket));
  const isOpen = [...load, ...others].some(({ intendedAt }) => intendedAt !== undefined);
  const of = (measure: Measure) => measuredSeries(load, others, { measure, bucket, buckets, end });
  return {
    bucketSeconds: bucket / 1e9,
    buckets,
    response: of("response"),
    ...(isOpen && { service: of("service") }),
  };
}

/** The series of a measure. */
export const seriesBy = (series: Series, measure: Measure): MeasuredSeries =>
  (measure === "service" ? series.service : undefined) ?? series.response;

interface Grid {
  readonly measure: Measure;
  readonly bucket: number;
  readonly buckets: number;
  readonly end: Nanos;
}

function measuredSeries(
  load: readonly Operation[],
  others: readonly Operation[],
  grid: Grid,
): MeasuredSeries {
  const { measure, bucket, buckets } = grid;
  const rates = {
    ok: new Float32Array(buckets),
    fail: new Float32Array(buckets),
    info: new Float32Array(buckets),
  };
  const all = timed(load, measure);
  all.operations.forEach(({ outcome }, i) => {
    const counts = rates[outcome.type];
    const index = bucketOf(all.starts[i] as number, grid);
    counts[index] = (counts[index] ?? 0) + 1e9 / bucket;
  });
  const byName = new Map<string, Operation[]>([["", []]]);
  for (const operations of [load, others])
    for (const { call } of operations) if (!byName.has(call.f)) byName.set(call.f, []);
  for (const operation of all.operations) {
    if (operation.outcome.type !== "ok") continue;
    byName.get("")?.push(operation);
    byName.get(operation.call.f)?.push(operation);
  }
  const mine = new Set(load.map(({ call }) => call.f));
  for (const operation of others)
    if (operation.outcome.type === "ok" && !mine.has(operation.call.f))
      byName.get(operation.call.f)?.push(operation);
  const names = [...byName].sort(([a], [b]) => (a < b ? -1 : 1));
  return { rates, latency: names.map(([f, own]) => latencySeries(f, timed(own, measure), grid)) };
}

const bucketOf = (start: number, { bucket, buckets }: Grid): number =>
  Math.min(buckets - 1, Math.max(0, Math.floor(start / bucket)));

function latencySeries(f: string, { operations, starts }: Timed, grid: Grid): LatencySeries {
  const rows: number[][] = [];
  let [first, next] = [0, 0];
  for (const { from, to } of stepsOf(starts, grid)) {
    while (next < starts.length && bucketOf(starts[next] as number, grid) < to) next++;
    const sorted = Float64Array.from(operations.slice(first, next), (operation) =>
      tookMicros(operation, grid.measure, grid.end),
    ).sort();
    first = next;
    const at = (share: number, enough: number) =>
      sorted.length < enough ? Number.NaN : quantile(sorted, share);
    const seconds = grid.bucket / 1e9;
    rows.push([
      from * seconds,
      to * seconds,
      at(0.5, enoughFor.p50),
      at(0.95, enoughFor.p95),
      at(0.99, enoughFor.p99),
      at(1, 1),
    ]);
  }
  const column = (i: number) => Float32Array.from(rows, (row) => row[i] as number);
  return {
    f,
    from: column(0),
    to: column(1),
    p50: column(2),
    p95: column(3),
    p99: column(4),
    max: column(5),
  };
}

/**
 * Steps that cover all operations, in buckets: each is as many buckets as hold enough operations for a 99th percentile, up to
 * the widest. A bucket without any ends the step before it, so that an outage stays a gap.
 */
function* stepsOf(starts: Float64Array, grid: Grid): Generator<{ from: number; to: number }> {
  const counts = new Uint32Array(grid.buckets);
  for (const start of starts) {
    const index = bucketOf(start, grid);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  const widest = Math.max(1, Math.floor(widestStep / grid.bucket));
  let [from, held] = [0, 0];
  for (let i = 0; i < grid.buckets; i++) {
    const count = counts[i] ?? 0;
    if (count === 0) {
      if (held > 0) yield { from, to: i };
      [from, held] = [i + 1, 0];
      continue;
    }
    held += count;
    if (held < enoughFor.p99 && i + 1 - from < widest) continue;
    yield { from, to: i + 1 };
    [from, held] = [i + 1, 0];
  }
  if (held > 0) yield { from, to: grid.buckets };
}
