import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leastP, mannWhitney, normalTest } from "./mann-whitney.ts";

/** Every way to choose `size` of the places below `of`. */
function subsets(of: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]];
  return Array.from({ length: Math.max(0, of - from) }, (_, i) => from + i).flatMap((place) =>
    subsets(of, size - 1, place + 1).map((rest) => [place, ...rest]),
  );
}

/** U by its definition. */
const wins = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x) => sum + b.reduce((won, y) => won + (x > y ? 1 : x === y ? 0.5 : 0), 0), 0);

/** p by its definition: the share of all arrangements of the values whose U is as far from the mean. */
function permuted(a: readonly number[], b: readonly number[]): number {
  const all = [...a, ...b];
  const distance = (chosen: readonly number[]) => {
    const own = chosen.map((i) => all[i] as number);
    const rest = all.filter((_, i) => !chosen.includes(i));
    return Math.abs(wins(own, rest) - (a.length * b.length) / 2);
  };
  const found = distance([...a.keys()]);
  const arrangements = subsets(all.length, a.length);
  return arrangements.filter((chosen) => distance(chosen) >= found).length / arrangements.length;
}

describe("mannWhitney()", () => {
  it("agrees with all permutations of small samples, with ties and without", () => {
    const values = (most: number) =>
      fc.array(fc.integer({ min: 0, max: most }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        fc.oneof(fc.tuple(values(3), values(3)), fc.tuple(values(1000), values(1000))),
        ([a, b]) => {
          const { u, p } = mannWhitney(a, b);
          expect(u).toBe(wins(a, b));
          expect(p).toBeCloseTo(permuted(a, b), 12);
        },
      ),
    );
  });

  it("gives what Hollander and Wolfe give for the permeability of membranes (1973, page 69)", () => {
    const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const early = [1.15, 0.88, 0.9, 0.74, 1.21];
    const { u, p } = mannWhitney(term, early);
    expect(u).toBe(35);
    expect(p).toBeCloseTo(0.2544, 4);
  });

  it.each([
    ["10 and 10 values with a U of 23", 10, 10, 23, 0.0433],
    ["10 and 10 values with a U of 24", 10, 10, 24, 0.0524],
    ["5 and 5 values with a U of 2", 5, 5, 2, 0.0317],
    ["5 and 5 values with a U of 0", 5, 5, 0, 0.0079],
  ])("gives the tabulated p of %s", (_, n, m, target, expected) => {
    const b = Array.from({ length: m }, (__, i) => 10 * (i + 1));
    // Each value of a beats as many of b as are below it.
    let left = target;
    const a = Array.from({ length: n }, (__, i) => {
      const beats = Math.min(m, left);
      left -= beats;
      return 10 * beats + 1 + i / 100;
    });
    const { u, p } = mannWhitney(a, b);
    expect(u).toBe(target);
    expect(p).toBeCloseTo(expected, 4);
  });

  it("gives what R's wilcox.test documents for the ozone of May and August, where many values are tied", () => {
    const may = [
      41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37,
    ];
    const august = [
      39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76, 118, 84,
      85,
    ];
    const { u, p } = normalTest(may, august);
    expect(u).toBe(127.5);
    expect(p).toBeCloseTo(0.0001208, 7);
    expect(mannWhitney(may, august).p / p).toBeCloseTo(1, 0);
  });

  it("is about the same on both sides of where it stops counting", () => {
    const a = Array.from({ length: 30 }, (_, i) => i);
    const b = Array.from({ length: 30 }, (_, i) => i + 2.5);
    expect(mannWhitney(a, b).p / normalTest(a, b).p).toBeCloseTo(1, 1);
    expect(mannWhitney([...a, 15.2], b).p).toBe(normalTest([...a, 15.2], b).p);
  });

  it("finds nothing in equal values, nor in none", () => {
    expect(mannWhitney([5, 5, 5], [5, 5, 5]).p).toBe(1);
    expect(normalTest([5, 5], [5, 5]).p).toBe(1);
    expect(mannWhitney([], [1]).p).toBe(1);
  });
});

describe("leastP()", () => {
  it.each([
    [5, 5],
    [3, 6],
    [1, 1],
    [10, 10],
  ])("is the p of %d values that are all below %d others", (n, m) => {
    const a = Array.from({ length: n }, (_, i) => i);
    const b = Array.from({ length: m }, (_, i) => 100 + i);
    expect(leastP(n, m)).toBeCloseTo(mannWhitney(a, b).p, 12);
  });
});
