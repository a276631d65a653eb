import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../../core/random.ts";
import { criticalDistance, jointTest, leastJointP } from "./joint-test.ts";
import { mannWhitney } from "./mann-whitney.ts";
import { rankShuffles } from "./rank-shuffles.ts";

const upTo = (length: number, from = 0) => Array.from({ length }, (_, i) => from + i);
const normal = (random: Random) => upTo(12).reduce((sum) => sum + random.float(), -6);
const test = (first: readonly number[], second: readonly number[], inPairs: boolean, copies = 1) =>
  jointTest(
    [{ inPairs, figures: Array.from({ length: copies }, () => ({ first, second })) }],
    createRandom(1),
  ).p[0] as readonly number[];

describe("jointTest()", () => {
  it("of one figure is the Mann–Whitney test", () => {
    const random = createRandom(2);
    for (let i = 0; i < 5; i++) {
      const [a, b] = [upTo(7).map(() => random.integer(0, 9)), upTo(8).map(() => random.integer(2, 12))];
      expect(test(a, b, false)[0]).toBeCloseTo(mannWhitney(a, b).p, 1);
    }
  });

  it("of pairs is the share of all exchanges within the pairs that are as far apart", () => {
    // All eight pairs rise: of 256 exchanges, that one and its mirror image are as far apart.
    expect(test(upTo(8), upTo(8, 1), true)[0]).toBeCloseTo(2 / 256, 2);
    expect(leastJointP(8, 8, true)).toBe(2 / 256);
  });

  it("finds in pairs what the blocks' own differences hide", () => {
    const blocks = upTo(10).map((i) => 100 * 1.5 ** i);
    const slower = blocks.map((value) => value * 1.2);
    expect(test(blocks, slower, true)[0]).toBeLessThan(0.01);
    expect(test(blocks, slower, false)[0]).toBeGreaterThan(0.5);
  });

  it("asks no more of figures that are all alike, and more of others", () => {
    const [a, b] = [upTo(8), upTo(8, 5)];
    const alone = test(a, b, false)[0] as number;
    expect(test(a, b, false, 20)[0]).toBeCloseTo(alone, 2);
    const random = createRandom(3);
    const others = upTo(20).map(() => ({
      first: a.map(() => random.float()),
      second: b.map(() => random.float()),
    }));
    const among = jointTest(
      [{ inPairs: false, figures: [{ first: a, second: b }, ...others] }],
      createRandom(1),
    );
    expect(among.p[0]?.[0]).toBeGreaterThan(3 * alone);
  });

  it("finds something in at most about 1 of 20 comparisons of the same, in pairs and not", () => {
    const random = createRandom(4);
    for (const inPairs of [true, false]) {
      const wrong = upTo(120).filter(() => {
        const run = (own: number) => upTo(4).map(() => own + 0.5 * normal(random));
        const [a, b] = [upTo(8).map(() => run(normal(random))), upTo(8).map(() => run(normal(random)))];
        const figures = upTo(4).map((f) => ({
          first: a.map((values) => values[f] as number),
          second: b.map((values) => values[f] as number),
        }));
        return jointTest([{ inPairs, figures }], random, 400)
          .p.flat()
          .some((p) => p <= 0.05);
      });
      expect(wrong.length).toBeLessThanOrEqual(11);
    }
  });

  it("says how far a figure must be, whichever it is, to be found", () => {
    const random = createRandom(5);
    for (const inPairs of [true, false]) {
      const figures = upTo(6).map((f) => ({
        first: upTo(9).map(() => normal(random)),
        second: upTo(9).map(() => 0.45 * f + normal(random)),
      }));
      const joint = jointTest([{ inPairs, figures }], createRandom(1));
      const far = criticalDistance(joint, 0.05);
      const { observed } = rankShuffles({ inPairs, figures });
      const order = upTo(6).sort((i, j) => (observed[j] as number) - (observed[i] as number));
      const [farthest = 0] = order;
      expect((joint.p[0]?.[farthest] as number) <= 0.05).toBe((observed[farthest] as number) > far);
      // The others are held against fewer figures: they are found no later.
      for (const i of order)
        if ((observed[i] as number) > far) expect(joint.p[0]?.[i]).toBeLessThanOrEqual(0.05);
      expect(far).toBeGreaterThan(2);
    }
    const few = [{ inPairs: true, figures: [{ first: upTo(4), second: upTo(4, 9) }] }];
    expect(jointTest(few, createRandom(1)).p[0]?.[0]).toBeGreaterThan(0.05);
    expect(criticalDistance(jointTest(few, createRandom(1), 9), 0.05)).toBe(Number.POSITIVE_INFINITY);
  });

  it("of equal values finds nothing", () => {
    expect(test([1, 1, 1], [1, 1, 1], false)).toEqual([1]);
    expect(test([1, 1, 1], [1, 1, 1], true)).toEqual([1]);
  });
});
