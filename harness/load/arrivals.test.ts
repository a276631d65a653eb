import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { meanRate, requestedUntil } from "../../core/load/rate.ts";
import { createRandom } from "../../core/random.ts";
import type { OpenLoad, RatePart } from "../../core/run.ts";
import { arrivalsOf } from "./arrivals.ts";

const ramp: readonly RatePart[] = [{ from: 100, to: 1000 }];
const load = (
  parts: readonly RatePart[] | undefined,
  arrivals: OpenLoad["arrivals"] = "constant",
): OpenLoad => ({
  kind: "open",
  rate: parts === undefined ? 200 : meanRate(parts),
  ...(parts !== undefined && { parts }),
  arrivals,
  processes: 1,
  seconds: 10,
});

/** Seconds at which operations are due until `end`, those of all shares, in order. */
function due(one: OpenLoad, end: number, { of = 1, seed = 1, generation = 0 } = {}): number[] {
  const all: number[] = [];
  for (let index = 0; index < of; index++) {
    const next = arrivalsOf(one, { index, of, generation }, createRandom(seed));
    for (let at = next(); at < end * 1e9; at = next()) all.push(at / 1e9);
  }
  return all.sort((a, b) => a - b);
}

const gaps = (times: readonly number[]): number[] => times.slice(1).map((at, i) => at - (times[i] ?? 0));

/** Greatest distance between the distribution of the numbers and the exponential one, times the root of their count (Kolmogorov and Smirnov). */
function distanceFromExponential(numbers: readonly number[], mean: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const n = sorted.length;
  const distances = sorted.map((x, i) => {
    const expected = 1 - Math.exp(-x / mean);
    return Math.max(expected - i / n, (i + 1) / n - expected);
  });
  return Math.max(...distances) * Math.sqrt(n);
}
/** An exponential sample exceeds it once in a hundred times; the seeds here are fixed. */
const oneInAHundred = 1.63;

describe("constant arrivals", () => {
  const rate = fc.integer({ min: 1, max: 800 });
  const someParts = fc.array(fc.record({ from: rate, to: rate }), { minLength: 1, maxLength: 4 });

  it("are as many, at every time, as the rate has requested until then", () => {
    fc.assert(
      fc.property(someParts, fc.integer({ min: 1, max: 12 }), (parts, end) => {
        const one = load(parts);
        expect(Math.abs(due(one, end).length - requestedUntil(one, end))).toBeLessThanOrEqual(1);
      }),
      { numRuns: 40 },
    );
  });

  it("are the same whether one worker sends them or several", () => {
    fc.assert(
      fc.property(someParts, fc.integer({ min: 2, max: 5 }), (parts, of) => {
        expect(due(load(parts), 4, { of })).toEqual(due(load(parts), 4));
      }),
      { numRuns: 20 },
    );
  });

  it("draw nothing from the seed", () => {
    expect(due(load(ramp), 3, { seed: 2 })).toEqual(due(load(ramp), 3, { seed: 1 }));
  });
});

describe("Poisson arrivals", () => {
  const poisson = load(undefined, "poisson");

  it.each([1, 2, 3, 4, 5])("have exponential gaps, one worker or several (seed %i)", (seed) => {
    for (const of of [1, 2, 4])
      expect(distanceFromExponential(gaps(due(poisson, 15, { of, seed })), 1 / 200)).toBeLessThan(
        oneInAHundred,
      );
  });

  it("are told apart from constant ones, and from those of shares that draw the same", () => {
    expect(distanceFromExponential(gaps(due(load(undefined), 15)), 1 / 200)).toBeGreaterThan(10);
    const one = due({ ...poisson, rate: 100 }, 15);
    const twice = [...one, ...one].sort((a, b) => a - b);
    expect(distanceFromExponential(gaps(twice), 1 / 200)).toBeGreaterThan(10);
  });

  it("vary in number as Poisson counts do: their variance is their mean", () => {
    const times = due(poisson, 200);
    const counts = Array.from({ length: 200 }, () => 0);
    for (const at of times) counts[Math.floor(at)] = (counts[Math.floor(at)] ?? 0) + 1;
    const mean = times.length / 200;
    const variance = counts.reduce((sum, n) => sum + (n - mean) ** 2, 0) / 199;
    expect(mean).toBeGreaterThan(195);
    expect(mean).toBeLessThan(205);
    expect(variance / mean).toBeGreaterThan(0.8);
    expect(variance / mean).toBeLessThan(1.25);
  });

  it("follow a ramp: stretched to its rate, they are exponential again", () => {
    const one = load(ramp, "poisson");
    const times = due(one, 10, { of: 2 });
    expect(Math.abs(times.length - 5500)).toBeLessThan(3 * Math.sqrt(5500));
    const stretched = times.map((at) => requestedUntil(one, at));
    expect(distanceFromExponential(gaps(stretched), 1)).toBeLessThan(oneInAHundred);
    expect(distanceFromExponential(gaps(times), 1 / 550)).toBeGreaterThan(oneInAHundred);
  });

  it("are the same for the worker that takes over, and others for another seed", () => {
    expect(due(poisson, 5, { of: 3, generation: 1 })).toEqual(due(poisson, 5, { of: 3 }));
    expect(due(poisson, 5, { seed: 2 })).not.toEqual(due(poisson, 5));
  });
});
