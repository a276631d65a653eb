/**
 * The Mann–Whitney U test: whether two samples differ, without any assumption about how their values are distributed. Ties
 * get the mean of their ranks. Mann and Whitney 1947; corrections as in Hollander and Wolfe, Nonparametric Statistical Methods.
 */
export interface MannWhitney {
  /** Pairs in which the value of `a` is the greater; a tie counts as one half. */
  readonly u: number;
  /** Probability, two-sided, of a U as far from its mean if both samples come from the same distribution. */
  readonly p: number;
}

/** Values of both samples together up to which every arrangement is counted. */
const mostExact = 60;

/** Tests two samples; p is exact for up to 60 values, and from the normal approximation beyond. An empty sample differs from none. */
export function mannWhitney(a: readonly number[], b: readonly number[]): MannWhitney {
  if (a.length === 0 || b.length === 0) return { u: 0, p: 1 };
  return a.length + b.length <= mostExact ? exactTest(a, b) : normalTest(a, b);
}

/** The smallest p that samples of these sizes can have: that of two samples that do not overlap. */
export const leastP = (a: number, b: number): number => Math.min(1, 2 / choose(a + b, a));

/** Counts all ways to choose the ranks of `a` from those of both. */
function exactTest(a: readonly number[], b: readonly number[]): MannWhitney {
  const ranks = doubledRanks([...a, ...b]);
  const sum = ranks.slice(0, a.length).reduce((total, rank) => total + rank, 0);
  const [size, all] = [a.length, ranks.reduce((total, rank) => total + rank, 0)];
  // ways[k][s]: in how many ways k of the ranks so far sum up to s.
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(all + 1));
  (ways[0] as Float64Array)[0] = 1;
  ranks.forEach((rank, i) => {
    for (let k = Math.min(size, i + 1); k >= 1; k--) {
      const [with_, without] = [ways[k] as Float64Array, ways[k - 1] as Float64Array];
      for (let s = all; s >= rank; s--) with_[s] = (with_[s] as number) + (without[s - rank] as number);
    }
  });
  // The mean sum is size * (size of both + 1), doubled ranks being twice the ranks.
  const mean = size * (ranks.length + 1);
  let [extreme, total] = [0, 0];
  (ways[size] as Float64Array).forEach((number, s) => {
    total += number;
    if (Math.abs(s - mean) >= Math.abs(sum - mean)) extreme += number;
  });
  return { u: uOf(sum, size), p: Math.min(1, extreme / total) };
}

/** The normal approximation, with corrections for ties and for continuity. */
export function normalTest(a: readonly number[], b: readonly number[]): MannWhitney {
  const ranks = doubledRanks([...a, ...b]);
  const u = uOf(
    ranks.slice(0, a.length).reduce((total, rank) => total + rank, 0),
    a.length,
  );
  const [size, product] = [ranks.length, a.length * b.length];
  const tied = [...counted(ranks).values()].reduce((total, ties) => total + ties ** 3 - ties, 0);
  const variance = (product / 12) * (size + 1 - tied / (size * (size - 1)));
  if (variance === 0) return { u, p: 1 };
  const distance = Math.max(0, Math.abs(u - product / 2) - 0.5);
  return { u, p: Math.min(1, 2 * upperTail(distance / Math.sqrt(variance))) };
}

const uOf = (doubledSum: number, size: number): number => doubledSum / 2 - (size * (size + 1)) / 2;

/** Twice the rank of each value, so that the ranks of ties are whole numbers, too. */
export function doubledRanks(values: readonly number[]): number[] {
  const sorted = values.toSorted((x, y) => x - y);
  const first = new Map<number, number>();
  sorted.forEach((value, i) => {
    if (!first.has(value)) first.set(value, i);
  });
  const ties = counted(values);
  return values.map((value) => 2 * (first.get(value) as number) + (ties.get(value) as number) + 1);
}

function counted(values: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function choose(of: number, some: number): number {
  let ways = 1;
  for (let i = 1; i <= some; i++) ways = (ways * (of - some + i)) / i;
  return ways;
}

/** Probability that a normal variable exceeds `z`, which is not negative: Numerical Recipes' erfc, wrong by less than 1.2e-7 of its value. */
function upperTail(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const coefficients = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ];
  const polynomial = coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
  return (t * Math.exp(-x * x + polynomial)) / 2;
}
