import { describe, expect, it } from "vitest";
import { operation } from "../testing/operations.ts";
import { quantile, timed, within } from "./measure.ts";

describe("quantile()", () => {
  it("is the smallest value that the share of all values does not exceed", () => {
    const sorted = [1, 2, 3, 4];
    expect([0, 0.25, 0.5, 0.51, 0.99, 1].map((share) => quantile(sorted, share))).toEqual([1, 1, 2, 3, 4, 4]);
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe("timed()", () => {
  it("finds operations where they were meant to start, or where they were sent", () => {
    const late = operation({ intended: 10, from: 90, to: 95 });
    const other = operation({ intended: 20, from: 20, to: 25 });
    const at = (measure: "response" | "service", from: number, to: number) =>
      within(timed([late, other], measure), from * 1e6, to * 1e6);
    expect(at("response", 0, 50)).toEqual([late, other]);
    expect(at("service", 0, 50)).toEqual([other]);
    expect(at("service", 90, 91)).toEqual([late]);
    expect(at("service", 20, 90)).toEqual([other]);
  });
});
