/** The median of independent samples with a confidence interval that assumes nothing of their distribution. */
import { medianOf } from "./median.ts";

export interface Interval {
  /** NaN if there are no samples. */
  readonly median: number;
  /** Ends of the 95% interval; NaN if there are too few samples (less than six) for one. Either may be infinite. */
  readonly low: number;
  readonly high: number;
}

const confidence = 0.95;
const normalQuantile = 1.96;

/**
 * Median, and the order statistics between which the median of the population lies with at least 95% (by the binomial
 * distribution with p = 1/2; Hahn and Meeker, Statistical Intervals, 5.3). Samples may be infinite: those that took longer than
 * anybody looked.
 */
export function medianInterval(samples: readonly number[]): Interval {
  const sorted = samples.toSorted((a, b) => a - b);
  const size = sorted.length;
  const rank = intervalRank(size);
  return {
    median: medianOf(sorted),
    low: rank === 0 ? Number.NaN : (sorted[rank - 1] as number),
    high: rank === 0 ? Number.NaN : (sorted[size - rank] as number),
  };
}

/** The largest rank k for which the k-th smallest and the k-th largest of `size` samples enclose the median with enough confidence; 0 if none does. */
function intervalRank(size: number): number {
  // Far below what a float can hold, and the normal approximation is exact to a rank.
  if (size > 1000) return Math.floor(size / 2 - normalQuantile * (Math.sqrt(size) / 2));
  // The chance that fewer than k samples lie below the median, which may not exceed half of what is left to chance.
  let below = 0;
  let chance = 0.5 ** size;
  for (let k = 0; k <= size / 2; k++) {
    below += chance;
    if (below > (1 - confidence) / 2) return k;
    chance *= (size - k) / (k + 1);
  }
  return 0;
}
