/**
 * Latency out of a history, so that the load generator measures nothing while it must keep its pace. Response time
 * counts from the intended start, service time from the actual one; both in microseconds, errors like answers.
 */
import { build, type Histogram, HistogramLogWriter } from "hdr-histogram-js";
import type { Operation } from "../../core/op.ts";
import type { LatencySummary } from "../../core/run.ts";
import { seconds } from "../../core/time.ts";

type Measure = LatencySummary["measure"];

const measures: readonly Measure[] = ["response", "service"];
const significantDigits = 3;
/** Points of the spectrum between one halving of the distance to 100 % and the next. */
const pointsPerHalving = 5;

const newHistogram = (): Histogram => build({ numberOfSignificantValueDigits: significantDigits });

const micros = (operation: Operation, measure: Measure): number => {
  const from = measure === "response" ? (operation.intendedAt ?? operation.invokedAt) : operation.invokedAt;
  return Math.max(1, Math.round((operation.completedAt - from) / 1000));
};

/** Operations that were never answered have no latency. */
const isAnswered = (operation: Operation): boolean => Number.isFinite(operation.completedAt);

/** One summary for each function, outcome and measure, in that order. */
export function summarizeLatency(operations: readonly Operation[]): LatencySummary[] {
  const groups = groupBy(operations.filter(isAnswered), ({ call, outcome }) => `${call.f} ${outcome.type}`);
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, group]) => measures.map((measure) => summarize(group, measure)));
}

function summarize(group: readonly Operation[], measure: Measure): LatencySummary {
  const histogram = newHistogram();
  for (const operation of group) histogram.recordValue(micros(operation, measure));
  const [first] = group as [Operation, ...Operation[]];
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile);
  return {
    f: first.call.f,
    outcome: first.outcome.type,
    measure,
    count: histogram.totalCount,
    mean: histogram.mean,
    p50: at(50),
    p95: at(95),
    p99: at(99),
    p999: at(99.9),
    max: histogram.maxValue,
    spectrum: spectrumOf(histogram),
  };
}

/** Percentiles that come twice as close to 100 every few points, as far as the count carries them; then 100 itself. */
function spectrumOf(histogram: Histogram): [percentile: number, micros: number][] {
  const points: [number, number][] = [];
  for (let distance = 100; distance * histogram.totalCount >= 100; distance /= 2) {
    for (let i = 0; i < pointsPerHalving; i++) {
      const percentile = 100 - distance + (distance / 2) * (i / pointsPerHalving);
      points.push([percentile, histogram.getValueAtPercentile(percentile)]);
    }
  }
  return [...points, [100, histogram.maxValue]];
}

/**
 * The same in HdrHistogram's log format (1.3): one line for each second, tagged `read-ok-response`. `beganAt`: time 0
 * of the operations.
 */
export function latencyLog(operations: readonly Operation[], beganAt: Date): string {
  let log = "";
  const writer = new HistogramLogWriter((text) => {
    log += text;
  });
  writer.outputComment(
    "response time counts from the intended start, service time from the actual one; microseconds",
  );
  writer.outputLogFormatVersion();
  writer.outputStartTime(beganAt.getTime());
  writer.outputLegend();
  const bySecond = groupBy(operations.filter(isAnswered), ({ completedAt }) =>
    Math.floor(completedAt / seconds(1)),
  );
  for (const [second, group] of [...bySecond].sort(([a], [b]) => a - b)) {
    for (const [tag, histogram] of histogramsByTag(group)) {
      histogram.tag = tag;
      writer.outputIntervalHistogram(histogram, second, second + 1, 1);
    }
  }
  return log;
}

/**
 * The same over the whole time, as percentile distributions in HdrHistogram's text format, milliseconds: one file for each operation,
 * outcome and measure, by its name, `read-ok-response.hgrm`.
 */
export const latencyDistributions = (operations: readonly Operation[]): Record<string, string> =>
  Object.fromEntries(
    histogramsByTag(operations.filter(isAnswered)).map(([tag, histogram]) => [
      `${tag}.hgrm`,
      histogram.outputPercentileDistribution(pointsPerHalving, 1000),
    ]),
  );

function histogramsByTag(group: readonly Operation[]): [tag: string, histogram: Histogram][] {
  const byTag = new Map<string, Histogram>();
  for (const operation of group) {
    for (const measure of measures) {
      const tag = `${operation.call.f}-${operation.outcome.type}-${measure}`;
      const histogram = byTag.get(tag) ?? newHistogram();
      byTag.set(tag, histogram);
      histogram.recordValue(micros(operation, measure));
    }
  }
  return [...byTag].sort(([a], [b]) => (a < b ? -1 : 1));
}

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
