import { describe, expect, it } from "vitest";
import { createRandom } from "../../core/random.ts";
import { pairedRatios } from "./blocks.ts";
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
    const values = [1, 2, 4, 8, 16, 32];
    const places = Array.from({ length: 6 ** 6 }, (_, i) =>
      values.map((_, place) => Math.floor(i / 6 ** place) % 6),
    );
    const medians = places
      .map((chosen) => medianOf(chosen.map((i) => values[i] as number)))
      .sort((a, b) => a - b);
    const { low, high } = medianInterval({ values }, random());
    expect([low, high]).toEqual([
      medians[Math.floor(0.025 * 6 ** 6)],
      medians[Math.ceil(0.975 * 6 ** 6) - 1],
    ]);
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

  it("is the range of fewer than six runs, and named so", () => {
    const range = { kind: "range", value: 3, low: 1, high: 5 };
    expect(medianInterval({ values: [3, 1, 5, 2, 4] }, random())).toEqual(range);
    expect(medianInterval({ values: [3, 1, 5, 2, 4, 6] }, random()).kind).toBe("interval");
  });

  it("of one run has no width", () => {
    expect(medianInterval({ values: [5] }, random())).toEqual({ kind: "range", value: 5, low: 5, high: 5 });
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

  it("takes runs for unpaired if one side has a block more, whichever side that is", () => {
    const whole = { values: slowly, blocks };
    const lacking = { values: slowly.slice(1), blocks: blocks.slice(1) };
    for (const [over, under] of [
      [whole, lacking],
      [lacking, whole],
    ] as const) {
      expect(pairedRatios(over, under)).toBeUndefined();
      const { low, high } = ratioInterval(over, under, random());
      expect(high / low).toBeGreaterThan(2);
    }
  });

  it("is the range of the ratios of single runs with fewer than six on a side", () => {
    const [over, under] = [
      { values: [10, 30, 20], blocks: ["1", "2", "3"] },
      { values: [5, 10, 20], blocks: ["1", "2", "3"] },
    ];
    expect(ratioInterval(over, under, random())).toEqual({ kind: "range", value: 2, low: 1, high: 3 });
    const apart = ratioInterval({ values: over.values }, { values: under.values }, random());
    expect(apart).toEqual({ kind: "range", value: 2, low: 0.5, high: 6 });
    const many = { values: slowly };
    expect(ratioInterval(many, { values: under.values }, random()).kind).toBe("range");
    expect(ratioInterval(many, many, random()).kind).toBe("interval");
  });

  it("has no finite value where the divisor is 0", () => {
    expect(ratioInterval({ values: [1] }, { values: [0] }, random()).value).toBe(Number.POSITIVE_INFINITY);
    expect(ratioInterval({ values: [0] }, { values: [0] }, random()).value).toBeNaN();
  });
});
