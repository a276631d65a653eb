/**
 * Order of candidates by one figure, where less is better, and how sure it is. The unit of repetition is the run: one run says
 * little about the next, so differences of single runs count only if they are large, and even then they are indicative.
 */

/** The figure of one candidate in each of its runs. */
export interface Sample<C> {
  readonly of: C;
  /** At least one, finite. */
  readonly values: readonly number[];
}

export interface Ranked<C> extends Sample<C> {
  readonly median: number;
}

/** Both lists ascend by median. */
export interface Ranking<C> {
  /** The lowest, and all that are not distinguishable from it. */
  readonly leaders: readonly Ranked<C>[];
  readonly others: readonly Ranked<C>[];
  /** Whether each candidate was run often enough for the difference to be more than a hint. */
  readonly isFirm: boolean;
}

/** The least ratio of medians that counts. */
export const leastRatio = 1.25;
/** Fewer runs of a candidate than this are indicative only: ranges of few runs are disjoint by chance too often. */
export const enoughRuns = 5;

/** Orders samples. `leastDifference` is the smallest difference that the measurement can resolve. */
export function rank<C>(samples: readonly Sample<C>[], leastDifference = 0): Ranking<C> {
  const order = samples
    .map((sample) => ({ ...sample, median: medianOf(sample.values) }))
    .sort((a, b) => a.median - b.median);
  const lowest = order[0];
  const isBehind = (one: Ranked<C>) => lowest !== undefined && isClearlyLess(lowest, one, leastDifference);
  return {
    leaders: order.filter((one) => !isBehind(one)),
    others: order.filter(isBehind),
    isFirm: samples.every(({ values }) => values.length >= enoughRuns),
  };
}

/** Whether every run of one lies below every run of the other, by more than noise. */
function isClearlyLess<C>(less: Ranked<C>, more: Ranked<C>, leastDifference: number): boolean {
  return (
    Math.max(...less.values) < Math.min(...more.values) &&
    more.median >= less.median * leastRatio &&
    more.median - less.median >= leastDifference
  );
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
