import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../../core/random.ts";
import { differences, type Pair, ratioOf, runsFor } from "./difference.ts";
import { noiseFloor } from "./noise.ts";

const pair = (first: readonly number[], second: readonly number[], leastDifference = 0): Pair => ({
  first: { values: first },
  second: { values: second },
  leastDifference,
});
const one = (...given: Parameters<typeof pair>) => differences([pair(...given)])[0];
const upTo = (length: number, from: number, step = 1) => Array.from({ length }, (_, i) => from + i * step);

/** Factors around 1 as runs of a busy machine scatter: normal with a deviation of 8%, and one run in twenty half as slow again. */
const noise = (random: Random) => {
  const normal = Array.from({ length: 12 }, () => random.float()).reduce((a, b) => a + b, -6);
  return (1 + 0.08 * normal) * (random.chance(0.05) ? 1.5 : 1);
};

describe("differences()", () => {
  it("are firm with enough runs", () => {
    expect(one(upTo(10, 100), upTo(10, 120))).toMatchObject({ sign: 1, isFirm: true });
    expect(one(upTo(10, 120), upTo(10, 100))).toMatchObject({ sign: -1, isFirm: true });
    expect(one(upTo(10, 100), upTo(10, 103))).toMatchObject({ sign: 0, isFirm: true });
  });

  it("of less than a twentieth do not count, however sure", () => {
    expect(one(upTo(20, 1000), upTo(20, 1030))?.p).toBeLessThan(0.001);
    expect(one(upTo(20, 1000), upTo(20, 1030))?.sign).toBe(0);
    expect(one(upTo(20, 1000), upTo(20, 1060))?.sign).toBe(1);
  });

  it("that the measurement cannot resolve do not count", () => {
    expect(one(upTo(10, 0.01, 0.001), upTo(10, 0.05, 0.001), 0.1)?.sign).toBe(0);
    expect(one(upTo(10, 0.01, 0.001), upTo(10, 0.2, 0.001), 0.1)?.sign).toBe(1);
  });

  it("of few runs are indicative: apart, and by a quarter", () => {
    expect(one([10], [20])).toMatchObject({ sign: 1, isFirm: false });
    expect(one([10, 11, 12], [14, 15, 16])).toMatchObject({ sign: 1, isFirm: false });
    expect(one([10, 11, 12], [12.1, 12.2, 12.3])?.sign).toBe(0);
    expect(one([10, 11, 40], [30, 39, 50])?.sign).toBe(0);
    expect(one([10], [12.5])?.sign).toBe(1);
    expect(one([10], [12.4])?.sign).toBe(0);
  });

  it("need more runs the more is compared at once", () => {
    const five = pair(upTo(5, 100), upTo(5, 200));
    expect(differences([five])[0]?.isFirm).toBe(true);
    expect(differences(Array.from({ length: 6 }, () => five))[0]?.isFirm).toBe(true);
    expect(differences(Array.from({ length: 7 }, () => five))[0]).toMatchObject({ isFirm: false, sign: 1 });
  });

  it.each([
    [1, 4],
    [6, 5],
    [7, 6],
    [20, 6],
    [30, 7],
  ])("of %d at once can be firm from %d runs on", (comparisons, runs) =>
    expect(runsFor(comparisons)).toBe(runs),
  );

  it("of equal values, and of two zeros, are none", () => {
    expect(one([10], [10])?.sign).toBe(0);
    expect(one([0], [0])?.sign).toBe(0);
    expect(one([0], [3])?.sign).toBe(1);
  });

  it("are found in at most 1 of 20 comparisons of a system with itself, over all 12 figures at once", () => {
    const random = createRandom(11);
    const wrong = upTo(200, 0).filter(() => {
      const sample = () => upTo(10, 0).map(() => 100 * noise(random));
      return differences(upTo(12, 0).map(() => pair(sample(), sample()))).some(({ sign }) => sign !== 0);
    });
    expect(wrong.length).toBeLessThanOrEqual(10);
  });

  it("of 20% are found in at least 9 of 10 comparisons of 10 runs a side", () => {
    const random = createRandom(12);
    const found = upTo(200, 0).filter(() => {
      const sample = (level: number) => upTo(10, 0).map(() => level * noise(random));
      const cells = upTo(12, 0).map(() => pair(sample(100), sample(120)));
      return differences(cells).some(({ sign }) => sign === 1);
    });
    expect(found.length).toBeGreaterThanOrEqual(180);
  });
});

describe("ratioOf()", () => {
  it("is the second by the first, and unknown if the first is 0", () => {
    expect(ratioOf(pair([10, 10], [12, 12]), createRandom(1))?.value).toBeCloseTo(1.2, 9);
    expect(ratioOf(pair([0], [1]), createRandom(1))).toBeUndefined();
  });
});

describe("noiseFloor()", () => {
  it("is how far two halves of the same runs are apart at most, in 19 of 20 splits", () => {
    expect(noiseFloor(upTo(10, 100, 0), createRandom(1))).toBe(0);
    const floor = noiseFloor([100, 102, 98, 101, 99, 103, 97, 100, 110, 90], createRandom(1)) as number;
    expect(floor).toBeGreaterThan(0.01);
    expect(floor).toBeLessThan(0.12);
  });

  it("is unknown of few runs, and of times that are mostly 0", () => {
    expect(noiseFloor([1, 2, 3, 4, 5], createRandom(1))).toBeUndefined();
    expect(noiseFloor([0, 0, 0, 0, 0, 3], createRandom(1))).toBeUndefined();
  });
});
