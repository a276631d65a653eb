import { describe, expect, it } from "vitest";
import { linePath, stepArea } from "./lines.ts";
import { linearScale } from "./scale.ts";

const x = linearScale({ from: 0, to: 10 }, { from: 0, to: 100 }, String);
const y = linearScale({ from: 0, to: 100 }, { from: 100, to: 0 }, String);
const view = { from: 0, to: 10 };

describe("linePath()", () => {
  it("breaks where nothing was measured, and still shows a value that stands alone", () => {
    const values = Float32Array.from([10, 20, Number.NaN, 30, Number.NaN]);
    expect(linePath({ bucketSeconds: 2, values }, view, x, y)).toBe("M10 90h0L30 80M70 70h0");
  });

  it("draws the greatest of those that share a pixel: a peak never vanishes", () => {
    const values = new Float32Array(10_000).fill(1);
    values[7_777] = 90;
    expect(linePath({ bucketSeconds: 0.001, values }, view, x, y)).toContain(" 10L");
  });

  it("draws what the view shows, and a little more to reach its edges", () => {
    const values = new Float32Array(1_000).fill(5);
    const path = linePath({ bucketSeconds: 0.01, values }, { from: 5, to: 5.1 }, x, y);
    expect(path.split(/[ML]/).length).toBeLessThan(20);
  });
});

describe("stepArea()", () => {
  it("goes up and back: what stands between the two sums", () => {
    const lower = Float32Array.from([10, 20]);
    const upper = Float32Array.from([30, 50]);
    expect(stepArea(5, lower, upper, view, x, y)).toBe("M0 70H50L50 50H100L100 80H50L50 90H0Z");
  });
});
