/** Rank sums of several figures of the same runs, and what they are when whole runs change sides at random. */
import type { Random } from "../../core/random.ts";
import { doubledRanks } from "./mann-whitney.ts";

/** Figures of the same runs. */
export interface Family {
  /** Values of both samples, in the same order of the runs in all figures; neither is empty. */
  readonly figures: readonly { readonly first: readonly number[]; readonly second: readonly number[] }[];
  /** Whether the i-th run of the first sample and the i-th of the second are a pair, and change sides together. */
  readonly inPairs: boolean;
}

/** Distances of the rank sums from their means, one for each figure, in standard deviations of all shuffles. */
export interface RankShuffles {
  readonly observed: readonly number[];
  /** The same after another shuffle. */
  shuffle(random: Random): Float64Array;
}

export function rankShuffles({ figures, inPairs }: Family): RankShuffles {
  const size = figures[0]?.first.length ?? 0;
  const ranks = figures.map(({ first, second }) => doubledRanks([...first, ...second]));
  return inPairs ? inPairsOf(ranks, size) : freely(ranks, size);
}

/** Each run stays in its pair: the sum of the differences of the ranks, with random signs. */
function inPairsOf(ranks: readonly (readonly number[])[], size: number): RankShuffles {
  const columns = ranks.map((own) =>
    Float64Array.from({ length: size }, (_, i) => (own[size + i] as number) - (own[i] as number)),
  );
  const deviations = columns.map((own) => Math.sqrt(own.reduce((sum, one) => sum + one ** 2, 0)));
  const signs = new Float64Array(size).fill(1);
  const distances = () => weighted(columns, signs, deviations);
  return {
    observed: [...distances()],
    shuffle: (random) => {
      for (let i = 0; i < size; i++) signs[i] = random.chance(0.5) ? 1 : -1;
      return distances();
    },
  };
}

/** Any `size` runs are the first sample: the sum of their ranks. */
function freely(ranks: readonly (readonly number[])[], size: number): RankShuffles {
  const all = ranks[0]?.length ?? 0;
  const columns = ranks.map((own) => Float64Array.from(own, (rank) => rank - (all + 1)));
  const share = (size * (all - size)) / (all * (all - 1));
  const deviations = columns.map((own) => Math.sqrt(share * own.reduce((sum, one) => sum + one ** 2, 0)));
  const isFirst = Float64Array.from({ length: all }, (_, i) => (i < size ? 1 : 0));
  const distances = () => weighted(columns, isFirst, deviations);
  return {
    observed: [...distances()],
    shuffle: (random) => {
      shuffleInPlace(isFirst, random);
      return distances();
    },
  };
}

function weighted(
  columns: readonly Float64Array[],
  weights: Float64Array,
  deviations: readonly number[],
): Float64Array {
  return Float64Array.from(columns, (own, c) => {
    const deviation = deviations[c] as number;
    let sum = 0;
    for (let i = 0; i < own.length; i++) sum += (own[i] as number) * (weights[i] as number);
    return deviation === 0 ? 0 : Math.abs(sum) / deviation;
  });
}

function shuffleInPlace(items: Float64Array, random: Random): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.integer(0, i);
    [items[i], items[j]] = [items[j] as number, items[i] as number];
  }
}
