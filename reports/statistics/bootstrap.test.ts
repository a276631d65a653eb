import { describe, expect, it } from "vitest";
import { createRandom } from "../../core/random.ts";
import { medianInterval, ratioInterval } from "./bootstrap.ts";
import { medianOf } from "./median.ts";

const random = () => createRandom(7);

describe("medianInterval()", () => {
  it("lies around the median and is the same for the same seed", () => {
    const values = [12, 9, 11, 10, 14, 10, 13, 9, 12, 11];
    const interval = medianInterval({ values }, random());
    expect(interval.value).toBe(11);
    expect(interval.low).toBeLessThan(11);
    expect(interval.high).toBeGreaterThan(11);
    expect(interval.low).toBeGreaterThan(9);
    expect(interval.high).toBeLessThan(14);
    expect(medianInterval({ values }, random())).toEqual(interval);
  });

  it("is that of all resamples, where those can be counted", () => {
    const values = [1, 2, 4, 8, 16];
    const places = Array.from({ length: 5 ** 5 }, (_, i) =>
      [1, 5, 25, 125, 625].map((d) => Math.floor(i / d) % 5),
    );
    const medians = places
      .map((chosen) => medianOf(chosen.map((i) => values[i] as number)))
      .sort((a, b) => a - b);
    const { low, high } = medianInterval({ values }, random());
    expect([low, high]).toEqual([medians[Math.floor(0.025 * 3125)], medians[Math.ceil(0.975 * 3125) - 1]]);
  });

  it("holds the true median about 19 times in 20", () => {
    const draws = createRandom(3);
    const normal = () => Array.from({ length: 12 }, () => draws.float()).reduce((a, b) => a + b, -6);
    let held = 0;
    for (let i = 0; i < 100; i++) {
      const { low, high } = medianInterval(
        { values: Array.from({ length: 10 }, normal) },
        draws.fork(`${i}`),
      );
      if (low <= 0 && high >= 0) held++;
    }
    expect(held).toBeGreaterThanOrEqual(88);
    expect(held).toBeLessThan(100);
  });

  it("of one run has no width", () => {
    expect(medianInterval({ values: [5] }, random())).toEqual({ value: 5, low: 5, high: 5 });
  });
});

describe("ratioInterval()", () => {
  const slowly = [10, 20, 30, 40, 50, 60, 70, 80];
  const blocks = slowly.map((_, i) => `${i}`);

  it("resamples runs of one block together: what slows both cancels out", () => {
    const over = { values: slowly.map((value) => value * 1.2), blocks };
    const paired = ratioInterval(over, { values: slowly, blocks }, random());
    expect([paired.value, paired.low, paired.high].map((x) => x.toFixed(6))).toEqual([
      "1.200000",
      "1.200000",
      "1.200000",
    ]);
    const apart = ratioInterval({ values: over.values }, { values: slowly }, random());
    expect(apart.value).toBeCloseTo(1.2, 9);
    expect(apart.high / apart.low).toBeGreaterThan(2);
  });

  it("finds the partner by its block, in whatever order the runs come", () => {
    const turned = { values: slowly.toReversed(), blocks: blocks.toReversed() };
    const { low, high } = ratioInterval({ values: slowly, blocks }, turned, random());
    expect([low, high]).toEqual([1, 1]);
  });

  it("takes runs for unpaired if a block lacks one of them, or has two", () => {
    for (const odd of [
      ["0", "1", "2", "3", "4", "5", "6", "x"],
      ["0", "0", "2", "3", "4", "5", "6", "7"],
    ]) {
      const { low, high } = ratioInterval(
        { values: slowly, blocks },
        { values: slowly, blocks: odd },
        random(),
      );
      expect(high / low).toBeGreaterThan(2);
    }
  });

  it("has no finite value where the divisor is 0", () => {
    expect(ratioInterval({ values: [1] }, { values: [0] }, random()).value).toBe(Number.POSITIVE_INFINITY);
    expect(ratioInterval({ values: [0] }, { values: [0] }, random()).value).toBeNaN();
  });
});
