import { describe, expect, it } from "vitest";
import { linearScale, logExtent, logScale } from "./scale.ts";

describe("linearScale()", () => {
  const scale = linearScale({ from: 0, to: 30 }, { from: 60, to: 1_060 }, (value) => `${value}`, 100);

  it("maps its domain to its range and back", () => {
    expect([scale(0), scale(15), scale(30)]).toEqual([60, 560, 1_060]);
    expect(scale.invert(560)).toBeCloseTo(15);
  });

  it("has ticks at round values within the domain", () => {
    expect(scale.ticks.map(({ label }) => label)).toEqual(["0", "5", "10", "15", "20", "25", "30"]);
    const zoomed = linearScale(
      { from: 12.31, to: 12.42 },
      { from: 0, to: 600 },
      (value) => value.toFixed(2),
      100,
    );
    expect(zoomed.ticks.map(({ label }) => label)).toEqual([
      "12.32",
      "12.34",
      "12.36",
      "12.38",
      "12.40",
      "12.42",
    ]);
  });
});

describe("logScale()", () => {
  it("gives every power of ten the same length", () => {
    const scale = logScale({ from: 100, to: 1e6 }, { from: 400, to: 0 }, String);
    expect([100, 1e3, 1e4, 1e5, 1e6].map((value) => Math.round(scale(value)))).toEqual([
      400, 300, 200, 100, 0,
    ]);
    expect(scale.invert(200)).toBeCloseTo(1e4);
    expect(scale.ticks.filter(({ label }) => label !== undefined).map(({ value }) => value)).toEqual([
      100, 1e3, 1e4, 1e5, 1e6,
    ]);
  });
});

describe("logExtent()", () => {
  it("holds every value that can be drawn, and ignores what cannot", () => {
    const extent = logExtent([812, Number.NaN, 0, 45_000], { from: 1, to: 2 });
    expect(extent.from).toBeLessThanOrEqual(812);
    expect(extent.to).toBeGreaterThanOrEqual(45_000);
  });

  it("falls back where there is nothing", () => {
    expect(logExtent([Number.NaN], { from: 1, to: 2 })).toEqual({ from: 1, to: 2 });
  });
});
