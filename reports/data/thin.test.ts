import { describe, expect, it } from "vitest";
import { createRandom } from "../../core/random.ts";
import { seconds } from "../../core/time.ts";
import { operation } from "../testing/operations.ts";
import { thin } from "./thin.ts";

const random = createRandom(1);
const end = seconds(11);
const ordinary = Array.from({ length: 20_000 }, (_, i) => {
  const from = i * 0.5;
  return operation({ from, to: from + 0.5 + random.float(), f: i % 2 === 0 ? "read" : "write" });
});
const failures = Array.from({ length: 300 }, (_, i) =>
  operation({ from: i * 30, to: i * 30 + 2 + i / 10, outcome: i % 3 === 0 ? "info" : "fail" }),
);
const peaks = [1_234, 5_678, 9_000].map((from) => operation({ from, to: from + 400, f: "read" }));
const run = [...ordinary, ...failures, ...peaks];

describe("thin()", () => {
  it("leaves a run alone that is within the limit", () => {
    expect(thin(run, end, run.length)).toEqual({ operations: run, dropped: 0, merged: 0, stepSeconds: 0 });
  });

  it("keeps every failure and every 100 ms' slowest of each function", () => {
    const kept = thin(run, end, 5_000);
    const shown = new Set(kept.operations);
    expect(failures.every((one) => shown.has(one))).toBe(true);
    expect(peaks.every((one) => shown.has(one))).toBe(true);
    for (let bucket = 0; bucket < 100; bucket++) {
      for (const f of ["read", "write"]) {
        const own = run.filter(
          ({ invokedAt, call, outcome }) =>
            outcome.type === "ok" && call.f === f && Math.floor(invokedAt / 1e8) === bucket,
        );
        const took = own.map(({ invokedAt, completedAt }) => completedAt - invokedAt);
        const keptTook = own
          .filter((one) => shown.has(one))
          .map(({ invokedAt, completedAt }) => completedAt - invokedAt);
        expect(Math.max(...keptTook)).toBe(Math.max(...took));
        expect(Math.min(...keptTook)).toBe(Math.min(...took));
      }
    }
  });

  it("says how many it left out, to the last", () => {
    const kept = thin(run, end, 5_000);
    expect(kept.merged).toBe(0);
    expect(kept.operations.length + kept.dropped).toBe(run.length);
    expect(kept.operations.length).toBeLessThanOrEqual(5_000);
    expect(kept.operations.length).toBeGreaterThan(2_500);
    expect(new Set(kept.operations).size).toBe(kept.operations.length);
  });

  it("merges failures only where they lie on one spot, keeping the slowest of it", () => {
    const storm = Array.from({ length: 10_000 }, (_, i) =>
      operation({ from: i, to: i + 1 + (i % 10) / 1_000, outcome: "fail" }),
    );
    const alone = operation({ from: 5_000, to: 5_900, outcome: "info" });
    const kept = thin([...storm, alone], end, 2_000);
    expect(kept.operations).toContain(alone);
    expect(kept.operations.length).toBeLessThan(2_000);
    expect(kept.operations.length + kept.merged).toBe(10_001);
    expect(kept.operations).toContain(storm[9]);
  });
});
