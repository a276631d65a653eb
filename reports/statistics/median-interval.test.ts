import { describe, expect, it } from "vitest";
import { createRandom } from "../../core/random.ts";
import { medianInterval } from "./median-interval.ts";

const upTo = (size: number) => Array.from({ length: size }, (_, i) => i + 1);

describe("the interval of a median", () => {
  // Ranks as in published tables of the sign test, two-sided 5%.
  it.each([
    [6, 1],
    [10, 2],
    [15, 4],
    [20, 6],
    [30, 10],
    [50, 18],
    [100, 40],
  ])("of %i samples lies between the %i-th from each end", (size, rank) => {
    const { low, high } = medianInterval(upTo(size).toReversed());
    expect([low, high]).toEqual([rank, size + 1 - rank]);
  });

  it("is not known of fewer than six samples", () => {
    expect(medianInterval([3, 1, 2, 5, 4])).toEqual({ median: 3, low: Number.NaN, high: Number.NaN });
    expect(medianInterval([])).toEqual({ median: Number.NaN, low: Number.NaN, high: Number.NaN });
  });

  it("is open where many took longer than anybody looked", () => {
    const never = Number.POSITIVE_INFINITY;
    const { median, high } = medianInterval([1, 2, 3, 4, 5, 6, never, never, never, never]);
    expect(median).toBe(5.5);
    expect(high).toBe(never);
    expect(medianInterval([never, never]).median).toBe(never);
  });

  it("is known of thousands of samples", () => {
    const { low, high } = medianInterval(upTo(5001));
    expect(low).toBeCloseTo(2500 - 69, -1);
    expect(high).toBeCloseTo(2502 + 69, -1);
  });

  it("holds the median of what was sampled from in at least 95 of 100 cases", () => {
    const random = createRandom(1);
    const trials = 2000;
    let held = 0;
    for (let trial = 0; trial < trials; trial++) {
      // Skewed: its median is ln 2.
      const samples = Array.from({ length: 30 }, () => -Math.log(1 - random.float()));
      const { low, high } = medianInterval(samples);
      if (low <= Math.LN2 && Math.LN2 <= high) held++;
    }
    expect(held / trials).toBeGreaterThan(0.945);
  });
});
