/**
 * Bootstrap intervals of medians and of ratios of medians. The unit of repetition is the run, so runs are resampled, never
 * operations. Runs of the same block (one turn of all systems, minutes apart) are one ratio: what slowed the whole
 * machine for a while then cancels out. See Efron and Tibshirani, An Introduction to the Bootstrap, chapter 13. Few
 * runs have a range instead: the interval of at most five would be no wider, and hold the median too seldom.
 */
import { assert } from "../../core/assert.ts";
import type { Random } from "../../core/random.ts";
import { pairedRatios, type Sample } from "./blocks.ts";
import { medianOf } from "./median.ts";

/** A figure with the ends of its 95% interval, or of its range in single runs. */
export interface Interval {
  readonly kind: "interval" | "range";
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const resamples = 10_000;
/** Share of the resamples on each side of a 95% interval. */
const tail = 0.025;

/** Fewer runs than this have a range: that of five holds the median of all runs in 15 of 16 cases (1 - 2 * 0.5 ** 5), that of six in 31 of 32. */
export const leastForInterval = 6;

/** The median of a sample, which must not be empty, with its percentile interval, or with its range. */
export function medianInterval({ values }: Sample, random: Random): Interval {
  assert(values.length > 0, "no values to resample");
  if (values.length < leastForInterval) return rangeOf(medianOf(values), values);
  const places = new Int32Array(values.length);
  const median = resampledMedian(values, places);
  return around(medianOf(values), () => {
    draw(places, random);
    return median();
  });
}

/**
 * The median of `over` divided by the median of `under`; of runs in pairs, the median of the ratios within the pairs. With its
 * percentile interval, or with the range of the ratios of single runs. NaN, or infinite, where a divisor is 0.
 */
export function ratioInterval(over: Sample, under: Sample, random: Random): Interval {
  assert(over.values.length > 0, "no values to resample");
  assert(under.values.length > 0, "no values to resample");
  const paired = pairedRatios(over, under);
  if (paired?.every(Number.isFinite)) return medianInterval({ values: paired }, random);
  const value = medianOf(over.values) / medianOf(under.values);
  if (Math.min(over.values.length, under.values.length) < leastForInterval) {
    const ratios = over.values.flatMap((one) => under.values.map((other) => one / other));
    return rangeOf(value, ratios);
  }
  const places = new Int32Array(over.values.length);
  const placesUnder = new Int32Array(under.values.length);
  const [overMedian, underMedian] = [
    resampledMedian(over.values, places),
    resampledMedian(under.values, placesUnder),
  ];
  return around(value, () => {
    draw(places, random);
    draw(placesUnder, random);
    return overMedian() / underMedian();
  });
}

/** Fills in as many places, each at random. */
function draw(places: Int32Array, random: Random): void {
  const last = places.length - 1;
  for (let i = 0; i <= last; i++) places[i] = random.integer(0, last);
}

/** The median of the values at `places`, whatever those are when it is asked for. */
function resampledMedian(values: readonly number[], places: Int32Array): () => number {
  const drawn = new Float64Array(values.length);
  const middle = values.length >> 1;
  return () => {
    for (let i = 0; i < drawn.length; i++) drawn[i] = values[places[i] as number] as number;
    drawn.sort();
    const upper = drawn[middle] as number;
    return values.length % 2 === 1 ? upper : ((drawn[middle - 1] as number) + upper) / 2;
  };
}

const rangeOf = (value: number, all: readonly number[]): Interval => ({
  kind: "range",
  value,
  low: Math.min(...all),
  high: Math.max(...all),
});

function around(value: number, resample: () => number): Interval {
  const drawn = Float64Array.from({ length: resamples }, resample).sort();
  const [low, high] = [drawn[Math.floor(tail * resamples)], drawn[Math.ceil((1 - tail) * resamples) - 1]];
  return { kind: "interval", value, low: low as number, high: high as number };
}
