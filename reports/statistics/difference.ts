/**
 * The one rule by which two samples of runs differ, for rankings and for comparisons of versions. Firm: the Mann–Whitney test
 * says so after a correction for everything that is compared at once, and the medians are at least 5% apart. With so few
 * runs that no result could pass the test, a difference is indicative at best: all runs of one lie below all of the other, and
 * the medians are at least a quarter apart. Rankings hold many systems against each other and correct by Holm; two sides are
 * compared by many figures of the same runs, which are tested together.
 */
import type { Random } from "../../core/random.ts";
import type { Sample } from "./blocks.ts";
import { inOrderOf, pairedRatios } from "./blocks.ts";
import { type Interval, ratioInterval } from "./bootstrap.ts";
import { holm } from "./holm.ts";
import { criticalDistance, jointTest, leastJointP } from "./joint-test.ts";
import { leastP, mannWhitney } from "./mann-whitney.ts";
import { medianOf } from "./median.ts";
import { rankShuffles } from "./rank-shuffles.ts";

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
    const isFirm = leastP(pair.first.values.length, pair.second.values.length) * pairs.length <= level;
    return judged(pair, medians(pair), { isFirm, p: adjusted[i] as number });
  });
}

export interface JointDifferences {
  /** Those of each family. */
  readonly differences: readonly (readonly Difference[])[];
  /** Distance of a rank sum from its mean that any figure must exceed to be found, in standard deviations. */
  readonly critical: number;
}

/**
 * Compares figures of the same runs: in each family, all first samples are of the same runs in the same order, and so are all
 * second ones. Runs of the same block are compared with each other.
 */
export function jointDifferences(families: readonly (readonly Pair[])[], random: Random): JointDifferences {
  const joint = jointTest(
    families.map((pairs) => ({
      inPairs: pairs.every(({ first, second }) => inOrderOf(first, second) !== undefined),
      figures: pairs.map(({ first, second }) => ({
        first: first.values,
        second: inOrderOf(first, second) ?? second.values,
      })),
    })),
    random,
  );
  const differences = families.map((pairs, f) =>
    pairs.map((pair, i) => {
      const { first, second } = pair;
      const inPairs = inOrderOf(first, second) !== undefined;
      const isFirm = leastJointP(first.values.length, second.values.length, inPairs) <= level;
      return judged(pair, centres(pair), { isFirm, p: joint.p[f]?.[i] as number });
    }),
  );
  return { differences, critical: criticalDistance(joint, level) };
}

/** Whether the second is found to be firmly more than the first, by itself, at a critical distance. */
export function isFoundHigher(pair: Pair, critical: number): boolean {
  const second = inOrderOf(pair.first, pair.second);
  const figure = { first: pair.first.values, second: second ?? pair.second.values };
  const [distance = 0] = rankShuffles({ figures: [figure], inPairs: second !== undefined }).observed;
  return judged(pair, centres(pair), { isFirm: true, p: distance > critical ? 0 : 1 }).sign === 1;
}

function judged(
  { first, second, leastDifference = 0 }: Pair,
  [one, other]: Centres,
  { isFirm, p }: Pick<Difference, "isFirm" | "p">,
): Difference {
  const isLarge =
    Math.max(one, other) >= Math.min(one, other) * (isFirm ? leastRatio : leastRatioIndicative) &&
    Math.abs(one - other) >= leastDifference;
  const isSure = isFirm ? p <= level : areApart(first.values, second.values);
  return { sign: isLarge && isSure && one !== other ? (other < one ? -1 : 1) : 0, isFirm, p };
}

type Centres = readonly [first: number, second: number];

const medians = ({ first, second }: Pair): Centres => [medianOf(first.values), medianOf(second.values)];

/** The medians; of runs in pairs, the second is the first times the median of the ratios within the pairs. */
function centres(pair: Pair): Centres {
  const [one, other] = medians(pair);
  const ratios = pairedRatios(pair.second, pair.first);
  return ratios?.every((ratio) => Number.isFinite(ratio) && ratio > 0)
    ? [one, one * medianOf(ratios)]
    : [one, other];
}

/** Runs on each side that `comparisons` at once need, so that each can be firm. */
export function runsFor(comparisons: number): number {
  let runs = 1;
  while (leastP(runs, runs) * comparisons > level) runs++;
  return runs;
}

const areApart = (a: readonly number[], b: readonly number[]): boolean =>
  Math.max(...a) < Math.min(...b) || Math.max(...b) < Math.min(...a);

/** The second as a multiple of the first, with its interval; undefined if the median of the first is 0. */
export function ratioOf({ first, second }: Pair, random: Random): Interval | undefined {
  return medianOf(first.values) === 0 ? undefined : ratioInterval(second, first, random);
}
