/** Order of candidates by one figure, where less is better, and how sure it is. */
import type { Sample } from "../statistics/blocks.ts";
import type { Difference, Pair } from "../statistics/difference.ts";
import { medianOf } from "../statistics/median.ts";

/** The figure of one candidate in each of its runs: at least one, finite. */
export interface SampleOf<C> extends Sample {
  readonly of: C;
}

export interface Ranked<C> extends SampleOf<C> {
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

/** An order that waits for its comparisons: those of everything that a page claims are judged together. */
export interface Order<C> {
  /**
   * Every candidate against every other one, those of the lowest first. Only these decide the ranking, but the data choose which
   * candidate is the lowest: with a correction for fewer pairs, equal candidates would be told apart too often.
   */
  readonly pairs: readonly Pair[];
  /** `found`: for each pair. */
  ranking(found: readonly Difference[]): Ranking<C>;
}

/** Orders samples. `leastDifference` is the smallest difference that the measurement can resolve. */
export function orderOf<C>(samples: readonly SampleOf<C>[], leastDifference = 0): Order<C> {
  const ordered = samples
    .map((sample): Ranked<C> => ({ ...sample, median: medianOf(sample.values) }))
    .sort((a, b) => a.median - b.median);
  return {
    pairs: ordered.flatMap((first, i) =>
      ordered.slice(i + 1).map((second) => ({ first, second, leastDifference })),
    ),
    ranking(found) {
      const ofLowest = found.slice(0, Math.max(0, ordered.length - 1));
      const isBehind = (_: unknown, i: number) => ofLowest[i - 1]?.sign === 1;
      return {
        leaders: ordered.filter((one, i) => !isBehind(one, i)),
        others: ordered.filter(isBehind),
        isFirm: ofLowest.every(({ isFirm }) => isFirm),
      };
    },
  };
}
