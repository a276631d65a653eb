import { describe, expect, it } from "vitest";
import { createRandom } from "../../core/random.ts";
import { choiceOf, scrambled, scrambledItems, Zipfian } from "./choice.ts";

/** How often each of `items` was drawn, as a share of all. */
function frequencies(draw: () => number, items: number, draws = 200_000): number[] {
  const counts = new Array<number>(items).fill(0);
  for (let i = 0; i < draws; i++) {
    const index = draw();
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts.map((count) => count / draws);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe("zipfian ranks", () => {
  it("have the sum that YCSB's source has for ten billion items", () => {
    expect(new Zipfian(0.99).zeta(scrambledItems)).toBeCloseTo(26.46902820178302, 6);
  });

  it("have the sum of their terms, whether asked for more items or for fewer", () => {
    const exact = (items: number) => sum(Array.from({ length: items }, (_, i) => 1 / (i + 1) ** 0.7));
    const zipfian = new Zipfian(0.7);
    for (const items of [1, 2, 50, 49, 20_000, 30_000, 10])
      expect(zipfian.zeta(items)).toBeCloseTo(exact(items), 4);
  });

  it("come as often as the formula says", () => {
    const [items, theta] = [1000, 0.99];
    const zipfian = new Zipfian(theta);
    const random = createRandom(1);
    const seen = frequencies(() => zipfian.rank(random, items), items);
    const expected = (rank: number) => 1 / (rank + 1) ** theta / zipfian.zeta(items);
    for (const rank of [0, 1]) expect(seen[rank]).toBeCloseTo(expected(rank), 2);
    // Gray's method is an approximation between the first two ranks and the last: a share of ranks is right.
    for (const [from, to] of [
      [2, 10],
      [10, 100],
      [100, 1000],
    ] as const) {
      const ranks = Array.from({ length: to - from }, (_, i) => from + i);
      const share = sum(ranks.map(expected));
      const found = sum(ranks.map((rank) => seen[rank] ?? 0));
      expect(Math.abs(found / share - 1)).toBeLessThan(0.1);
    }
  });

  it("stay below a number of items that grows", () => {
    const zipfian = new Zipfian(0.99);
    const random = createRandom(2);
    for (let items = 1; items < 500; items++) {
      const rank = zipfian.rank(random, items);
      expect(rank).toBeGreaterThanOrEqual(0);
      expect(rank).toBeLessThan(items);
    }
  });
});

describe("the choice of records", () => {
  it("is uniform without skew", () => {
    const random = createRandom(3);
    const seen = frequencies(() => choiceOf(0)(random, 50), 50, 100_000);
    for (const share of seen) expect(Math.abs(share * 50 - 1)).toBeLessThan(0.15);
  });

  it("is YCSB's scrambled zipfian with the skew 99", () => {
    // What the formula says of the most popular ranks, put where the hash puts them; the rest is even.
    const [items, popular] = [100, 100_000];
    const zipfian = new Zipfian(0.99);
    const total = zipfian.zeta(scrambledItems);
    const expected = new Array<number>(items).fill((1 - zipfian.zeta(popular) / total) / items);
    for (let rank = 0; rank < popular; rank++) {
      const index = scrambled(rank, items);
      expected[index] = (expected[index] ?? 0) + 1 / (rank + 1) ** 0.99 / total;
    }
    const random = createRandom(4);
    const choice = choiceOf(99);
    const seen = frequencies(() => choice(random, items), items, 100_000);
    const hottest = expected.indexOf(Math.max(...expected));
    expect(seen.indexOf(Math.max(...seen))).toBe(hottest);
    expect(Math.abs((seen[hottest] ?? 0) / (expected[hottest] ?? 1) - 1)).toBeLessThan(0.05);
    expect(sum(seen.map((share, i) => Math.abs(share - (expected[i] ?? 0)))) / 2).toBeLessThan(0.03);
  });

  it("draws the same for the same seed", () => {
    const draws = (seed: number) => {
      const random = createRandom(seed);
      const choice = choiceOf(99);
      return Array.from({ length: 50 }, () => choice(random, 1000));
    };
    expect(draws(5)).toEqual(draws(5));
    expect(draws(5)).not.toEqual(draws(6));
  });
});
