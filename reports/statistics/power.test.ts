import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../../core/random.ts";
import { isFoundHigher, jointDifferences, type Pair } from "./difference.ts";
import { leastSlowdown } from "./power.ts";

const upTo = (length: number) => Array.from({ length }, (_, i) => i);
const normal = (random: Random) => upTo(12).reduce((sum) => sum + random.float(), -6);

interface Noise {
  readonly random: Random;
  readonly runs?: number;
  /** Deviation of a run. */
  readonly noise?: number;
  /** Deviation of a block, for runs in pairs; none: they are in no blocks. */
  readonly blocks?: number;
}

/** Two sides of the same, the second `factor` times as slow. */
function sides({ random, runs = 10, noise = 0.08, blocks }: Noise, factor = 1): Pair {
  const block = upTo(runs).map(() => Math.exp((blocks ?? 0) * normal(random)));
  const values = (times: number) => block.map((own) => 100 * times * own * Math.exp(noise * normal(random)));
  const inBlocks = blocks === undefined ? {} : { blocks: upTo(runs).map(String) };
  return { first: { values: values(1), ...inBlocks }, second: { values: values(factor), ...inBlocks } };
}
const criticalOf = (pair: Pair) => jointDifferences([[pair]], createRandom(0)).critical;
const least = (pair: Pair) => leastSlowdown(pair, criticalOf(pair), createRandom(1)) ?? Number.NaN;

describe("the least slowdown that is found", () => {
  it.each([
    ["by themselves", undefined],
    ["in pairs, whatever slows both", 0.5],
  ])("is found in about four of five further comparisons of runs %s", (_, blocks) => {
    const random = createRandom(7);
    const noise = { random, ...(blocks !== undefined && { blocks }) };
    const critical = criticalOf(sides(noise));
    const shares = upTo(12).map(() => {
      const factor = leastSlowdown(sides(noise), critical, random) ?? 0;
      return upTo(60).filter(() => isFoundHigher(sides(noise, factor), critical)).length / 60;
    });
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    expect(mean).toBeGreaterThan(0.68);
    expect(mean).toBeLessThan(0.92);
  });

  it("is greater with more noise, and less with more runs", () => {
    const of = (more: Partial<Noise>) => least(sides({ random: createRandom(3), ...more }));
    expect(of({ noise: 0.2 })).toBeGreaterThan(of({}) * 1.05);
    expect(of({ runs: 40 })).toBeLessThan(of({}));
  });

  it("is no less than what counts, with no noise at all", () => {
    const values = upTo(8).map(() => 100);
    expect(least({ first: { values }, second: { values } })).toBeCloseTo(1.05, 1);
  });

  it("is what the measurement can resolve", () => {
    const values = upTo(8).map((i) => 0.1 + i / 1e4);
    expect(least({ first: { values }, second: { values }, leastDifference: 0.1 })).toBeCloseTo(2, 1);
  });

  it("is not known of times that are 0, and infinite where nothing could be found", () => {
    const some = sides({ random: createRandom(4) });
    expect(least({ ...some, second: { values: some.second.values.map(() => 0) } })).toBeNaN();
    expect(leastSlowdown(some, Number.POSITIVE_INFINITY, createRandom(1))).toBe(Number.POSITIVE_INFINITY);
  });
});
