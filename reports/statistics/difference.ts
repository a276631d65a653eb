/**
 * The one rule by which two samples of runs differ, for rankings and for comparisons of versions. Firm: the Mann–Whitney test
 * says so after Holm's correction over everything that is compared at once, and the medians are at least 5% apart. With so few
 * runs that no result could pass the test, a difference is indicative at best: all runs of one lie below all of the other, and
 * the medians are at least a quarter apart.
 */
import type { Random } from "../../core/random.ts";
import { type Interval, ratioInterval, type Sample } from "./bootstrap.ts";
import { holm } from "./holm.ts";
import { leastP, mannWhitney } from "./mann-whitney.ts";
import { medianOf } from "./median.ts";

/** Highest p, adjusted, of a difference. */
export const level = 0.05;
/** Least ratio of medians that counts, however sure it is: less is no reason to choose one of the two. */
export const leastRatio = 1.05;
/** The same with too few runs for a test. */
export const leastRatioIndicative = 1.25;

export interface Pair {
  readonly first: Sample;
  readonly second: Sample;
  /** Smallest difference of the medians that the measurement can resolve; default: 0. */
  readonly leastDifference?: number;
}

export interface Difference {
  /** Whether the second is less (-1) or more (1) than the first, or is not distinguishable from it (0). */
  readonly sign: -1 | 0 | 1;
  /** Whether there are enough runs for the test; else a difference is a hint. */
  readonly isFirm: boolean;
  /** Adjusted for all pairs. */
  readonly p: number;
}

/** Compares the samples of each pair, none of which may be empty; everything that one page or table claims belongs into one call. */
export function differences(pairs: readonly Pair[]): Difference[] {
  const adjusted = holm(pairs.map(({ first, second }) => mannWhitney(first.values, second.values).p));
  return pairs.map((pair, i) => {
    const { first, second, leastDifference = 0 } = pair;
    const p = adjusted[i] as number;
    const isFirm = leastP(first.values.length, second.values.length) * pairs.length <= level;
    const [one, other] = [medianOf(first.values), medianOf(second.values)];
    const isLarge =
      Math.max(one, other) >= Math.min(one, other) * (isFirm ? leastRatio : leastRatioIndicative) &&
      Math.abs(one - other) >= leastDifference;
    const isSure = isFirm ? p <= level : areApart(first.values, second.values);
    return { sign: isLarge && isSure && one !== other ? (other < one ? -1 : 1) : 0, isFirm, p };
  });
}

/** Runs on each side that `comparisons` at once need, so that each can be firm. */
export function runsFor(comparisons: number): number {
  let runs = 1;
  while (leastP(runs, runs) * comparisons > level) runs++;
  return runs;
}

const areApart = (a: readonly number[], b: readonly number[]): boolean =>
  Math.max(...a) < Math.min(...b) || Math.max(...b) < Math.min(...a);

/** The second median as a multiple of the first, with its interval; undefined if the first is 0. */
export function ratioOf({ first, second }: Pair, random: Random): Interval | undefined {
  return medianOf(first.values) === 0 ? undefined : ratioInterval(second, first, random);
}
