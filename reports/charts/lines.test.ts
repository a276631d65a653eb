import { describe, expect, it } from "vitest";
import { linePath, stepArea } from "./lines.ts";
import { linearScale } from "./scale.ts";

const x = linearScale({ from: 0, to: 10 }, { from: 0, to: 100 }, String);
const y = linearScale({ from: 0, to: 100 }, { from: 100, to: 0 }, String);
const view = { from: 0, to: 10 };

describe("linePath()", () => {
  const steps = { from: Float32Array.from([0, 2, 6, 8]), to: Float32Array.from([2, 4, 8, 10]) };

  it("joins steps that follow each other, breaks where time or a value is missing, and draws a lone step at its length", () => {
    const values = Float32Array.from([10, 20, 30, Number.NaN]);
    expect(linePath(steps, values, view, x, y)).toBe("M10 90L30 80M60 70H80");
  });

  it("draws what the view shows, and a step more to reach its edges", () => {
    const from = Float32Array.from({ length: 1_000 }, (_, i) => i / 100);
    const to = from.map((second) => second + 0.01);
    const path = linePath({ from, to }, new Float32Array(1_000).fill(5), { from: 5, to: 5.1 }, x, y);
    expect(path.split(/[ML]/).length).toBeLessThan(20);
    expect(path.split(/[ML]/).length).toBeGreaterThan(10);
  });
});

describe("stepArea()", () => {
  it("goes up and back: what stands between the two sums", () => {
    const lower = Float32Array.from([10, 20]);
    const upper = Float32Array.from([30, 50]);
    expect(stepArea(5, lower, upper, view, x, y)).toBe("M0 70H50L50 50H100L100 80H50L50 90H0Z");
  });
});
