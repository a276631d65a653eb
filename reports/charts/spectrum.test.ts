import { describe, expect, it } from "vitest";
import type { LatencySummary } from "../../core/run.ts";
import { ninesOf, spectraOf, spectrumAt, spectrumChart } from "./spectrum.ts";

const summary: LatencySummary = {
  f: "read",
  outcome: "ok",
  measure: "response",
  count: 1_000,
  mean: 1,
  p50: 1,
  p95: 1,
  p99: 1,
  p999: 1,
  max: 90_000,
  spectrum: [
    [0, 500],
    [50, 900],
    [99, 4_000],
    [100, 90_000],
  ],
};

describe("the percentile spectrum", () => {
  it("gives every further nine the same length", () => {
    expect([0, 90, 99, 99.9].map((percentile) => Number(ninesOf(percentile).toFixed(6)))).toEqual([
      0, 1, 2, 3,
    ]);
  });

  it("puts the slowest of n operations at one part in n, not at infinity", () => {
    expect(spectraOf([summary])[0]?.curve.at(-1)).toEqual([3, 90_000]);
  });

  it("shows ok operations only, a function's measures in one colour", () => {
    const spectra = spectraOf([
      summary,
      { ...summary, measure: "service" },
      { ...summary, f: "cas" },
      { ...summary, outcome: "info" },
      { ...summary, f: "write", count: 0 },
    ]);
    expect(spectra.map(({ f, measure, hue }) => [f, measure, hue])).toEqual([
      ["read", "response", 1],
      ["read", "service", 1],
      ["cas", "response", 0],
    ]);
  });

  it("reads a curve as a histogram is read: the value that a share of the operations did not exceed", () => {
    const [spectrum] = spectraOf([summary]);
    expect(spectrum && [0, 1, 2, 2.5, 3.1].map((nines) => spectrumAt(spectrum, nines))).toEqual([
      500,
      4_000,
      4_000,
      90_000,
      undefined,
    ]);
  });

  it("draws no point outside of its picture, whatever its width", () => {
    for (const width of [320, 1_060]) {
      const { svg } = spectrumChart(spectraOf([summary]), width);
      for (const [, at] of svg.markup.matchAll(/[ML]([\d.-]+) /g)) {
        expect(Number(at)).toBeGreaterThanOrEqual(0);
        expect(Number(at)).toBeLessThanOrEqual(width);
      }
      expect(svg.markup).not.toContain("NaN");
    }
  });
});
