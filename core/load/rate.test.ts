import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OpenLoad, RatePart } from "../run.ts";
import { highestRate, meanRate, rateLine, rateText, requestedUntil, scaled, secondsUntil } from "./rate.ts";

const load = (parts: readonly RatePart[], seconds = 10): OpenLoad => ({
  kind: "open",
  rate: meanRate(parts),
  parts,
  processes: 1,
  seconds,
});
const constant: OpenLoad = { kind: "open", rate: 50, processes: 1, seconds: 10 };
const rate = fc.double({ min: 0.5, max: 5000, noNaN: true });
const parts = fc.array(fc.record({ from: rate, to: rate }), { minLength: 1, maxLength: 5 });

describe("the operations that a load requests", () => {
  it("are the area under its rate: a ramp, steps, and the last rate that goes on", () => {
    const ramp = load([{ from: 100, to: 1000 }]);
    expect(requestedUntil(ramp, 5)).toBe(500 + 0.5 * 90 * 25);
    expect(requestedUntil(ramp, 10)).toBe(5500);
    expect(requestedUntil(ramp, 12)).toBe(7500);
    const steps = load([
      { from: 100, to: 100 },
      { from: 400, to: 400 },
    ]);
    expect([2, 5, 7, 10, 11].map((at) => requestedUntil(steps, at))).toEqual([200, 500, 1300, 2500, 2900]);
    expect(requestedUntil(constant, 12)).toBe(600);
  });

  it("add up to the mean rate of the main phase", () => {
    fc.assert(
      fc.property(parts, (some) => {
        expect(requestedUntil(load(some), 10) / 10 / meanRate(some)).toBeCloseTo(1, 9);
      }),
    );
  });

  it("agree with a sum over short steps of the line that is drawn", () => {
    fc.assert(
      fc.property(parts, fc.double({ min: 0.1, max: 15, noNaN: true }), (some, end) => {
        const line = rateLine(load(some), end);
        const area = line.slice(1).reduce((sum, [at, to], i) => {
          const [before, from] = line[i] as (typeof line)[number];
          return sum + ((from + to) / 2) * (at - before);
        }, 0);
        expect(line.at(-1)?.[0]).toBeCloseTo(end, 9);
        expect(area / requestedUntil(load(some), end)).toBeCloseTo(1, 9);
      }),
    );
  });

  it("are reached at a second which is the inverse", () => {
    fc.assert(
      fc.property(parts, fc.double({ min: 0, max: 20, noNaN: true }), (some, at) => {
        const one = load(some);
        expect(secondsUntil(one)(requestedUntil(one, at))).toBeCloseTo(at, 6);
      }),
    );
  });
});

it("a rate is written as it is asked for", () => {
  expect(rateText(constant)).toBe("50");
  const three = load([
    { from: 100, to: 100 },
    { from: 100, to: 400 },
    { from: 400, to: 400 },
  ]);
  expect(rateText(three)).toBe("100,100..400,400");
  expect([highestRate(three), highestRate(constant)]).toEqual([400, 50]);
});

it("a load scales in whole operations, at least one a second", () => {
  const rising = load([
    { from: 10, to: 10 },
    { from: 20, to: 41 },
  ]);
  expect(scaled(rising, 2.5)).toMatchObject({
    rate: 50.75,
    parts: [
      { from: 25, to: 25 },
      { from: 50, to: 103 },
    ],
  });
  expect(scaled(constant, 0.001)).toMatchObject({ rate: 1 });
});
