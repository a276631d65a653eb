/**
 * The Mann–Whitney test of many figures of the same runs at once. The figures of a run rise and fall together, so a correction
 * that knows nothing of that (Holm's) asks for too much. Here whole runs change sides at random, and each figure is held against
 * the largest of all in such a shuffle: Westfall and Young, Resampling-Based Multiple Testing, 1993, algorithm 4.1 (step-down maxT).
 * Like Holm's, it keeps the probability of any wrong finding below the level.
 *
 * Runs in pairs change sides within their pair only: what slowed both then cancels out, as in Wilcoxon's signed-rank test. Two
 * hours of a busy machine can differ by more than what is looked for.
 */
import type { Random } from "../../core/random.ts";
import { leastP } from "./mann-whitney.ts";
import { type Family, rankShuffles } from "./rank-shuffles.ts";

const enoughShuffles = 10_000;
/** What rounding may do to sums of the same ranks. */
const rounding = 1e-9;

export interface JointTest {
  /** For each family, p of each of its figures, adjusted for all figures of all families. */
  readonly p: readonly (readonly number[])[];
  /** The largest distance of any figure in each shuffle, ascending. */
  readonly largest: Float64Array;
}

/** The same random stream gives the same result. With fewer shuffles, p is coarser and no smaller on average. */
export function jointTest(
  families: readonly Family[],
  random: Random,
  shuffles: number = enoughShuffles,
): JointTest {
  const drawn = families.map((family, i) => ({ ...rankShuffles(family), own: random.fork(`${i}`) }));
  const observed = drawn.flatMap((one) => one.observed);
  const order = observed.map((_, i) => i).sort((i, j) => (observed[i] as number) - (observed[j] as number));
  const reached = observed.map(() => 0);
  const largest = new Float64Array(shuffles);
  for (let round = 0; round < shuffles; round++) {
    const distances = drawn.flatMap(({ shuffle, own }) => [...shuffle(own)]);
    let most = 0;
    // From the least on: each is held against those that are no larger than it was.
    for (const i of order) {
      most = Math.max(most, distances[i] as number);
      if (most >= (observed[i] as number) - rounding) reached[i] = (reached[i] as number) + 1;
    }
    largest[round] = most;
  }
  const adjusted: number[] = [];
  let highest = 0;
  for (const i of order.toReversed()) {
    highest = Math.max(highest, ((reached[i] as number) + 1) / (shuffles + 1));
    adjusted[i] = highest;
  }
  const firsts = families.map((_, i) =>
    families.slice(0, i).reduce((sum, { figures }) => sum + figures.length, 0),
  );
  const p = families.map(({ figures }, i) =>
    adjusted.slice(firsts[i] as number, (firsts[i] as number) + figures.length),
  );
  return { p, largest: largest.sort() };
}

/** The distance that any figure must exceed, whichever it is, for its p to be at most `level`; infinite if none can be that low. */
export function criticalDistance({ largest }: Pick<JointTest, "largest">, level: number): number {
  const mayReach = Math.floor(level * (largest.length + 1)) - 1;
  return mayReach < 0
    ? Number.POSITIVE_INFINITY
    : (largest[largest.length - 1 - mayReach] as number) + rounding;
}

/** The smallest p that samples of these sizes can have, however many figures they have. */
export const leastJointP = (first: number, second: number, inPairs: boolean): number =>
  inPairs ? Math.min(1, 2 / 2 ** first) : leastP(first, second);
