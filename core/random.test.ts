import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "./random.ts";

const draws = (random: Random, count = 20): number[] =>
  Array.from({ length: count }, () => random.integer(0, 1_000_000));

describe("createRandom()", () => {
  it("says the same to the same seed, and something else to another", () => {
    expect(draws(createRandom(42))).toEqual(draws(createRandom(42)));
    expect(draws(createRandom(42))).not.toEqual(draws(createRandom(43)));
  });

  it("is not shifted in a fork by what the parent or another fork draws", () => {
    const quiet = createRandom(1);
    const busy = createRandom(1);
    draws(busy);
    draws(busy.fork("other"));
    expect(draws(busy.fork("client-3"))).toEqual(draws(quiet.fork("client-3")));
  });

  it("distinguishes forks by their labels, however alike", () => {
    const random = createRandom(1);
    const streams = Array.from({ length: 100 }, (_, i) => draws(random.fork(`process-${i}`)).join());
    expect(new Set(streams).size).toBe(100);
  });

  it("distinguishes a fork of a fork from a fork of its own", () => {
    const random = createRandom(1);
    expect(draws(random.fork("a").fork("b"))).not.toEqual(draws(random.fork("b")));
  });

  it("draws whole numbers within their bounds, both included", () => {
    const random = createRandom(7);
    const seen = new Set(Array.from({ length: 500 }, () => random.integer(3, 6)));
    expect([...seen].sort()).toEqual([3, 4, 5, 6]);
  });

  it("draws floats from 0 to below 1, about evenly", () => {
    const random = createRandom(7);
    const floats = Array.from({ length: 10_000 }, () => random.float());
    expect(Math.min(...floats)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...floats)).toBeLessThan(1);
    expect(floats.reduce((a, b) => a + b) / floats.length).toBeCloseTo(0.5, 1);
  });

  it("takes chances as often as it was asked to", () => {
    const random = createRandom(7);
    const taken = Array.from({ length: 10_000 }, () => random.chance(0.2)).filter(Boolean).length;
    expect(taken / 10_000).toBeCloseTo(0.2, 1);
    expect(random.chance(0)).toBe(false);
    expect(random.chance(1)).toBe(true);
  });

  it("shuffles into a permutation, and leaves the original alone", () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.integer()), (seed, items) => {
        const before = [...items];
        const shuffled = createRandom(seed).shuffle(items);
        expect(items).toEqual(before);
        expect([...shuffled].sort()).toEqual([...items].sort());
      }),
    );
  });

  it("picks every item sooner or later, and refuses to pick from nothing", () => {
    const random = createRandom(7);
    const picked = new Set(Array.from({ length: 100 }, () => random.pick(["a", "b", "c"])));
    expect(picked.size).toBe(3);
    expect(() => random.pick([])).toThrow("pick from nothing");
  });
});
