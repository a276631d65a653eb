import { describe, expect, it } from "vitest";
import { seconds } from "../../core/time.ts";
import { operation } from "../testing/operations.ts";
import { pointsOf } from "./points.ts";

describe("pointsOf()", () => {
  it("puts operations in order of their intended start, times in microseconds", () => {
    const late = operation({ f: "write", node: "n2", intended: 20, from: 25, to: 31, process: 9 });
    const early = operation({ from: 10, to: 12.5, process: 4 });
    const points = pointsOf([late, early], seconds(1), {});
    expect([...points.at]).toEqual([10_000, 20_000]);
    expect([...points.response]).toEqual([2_500, 11_000]);
    expect([...points.service]).toEqual([2_500, 6_000]);
    expect([...points.process]).toEqual([4, 9]);
    expect([...points.f].map((f) => points.functions[f])).toEqual(["read", "write"]);
    expect([...points.node].map((node) => points.nodes[node])).toEqual(["n1", "n2"]);
  });

  it("leaves service times out where nothing was intended earlier than it was sent", () => {
    expect(pointsOf([operation({ from: 0, to: 1 })], seconds(1), {}).service.length).toBe(0);
  });

  it("lets what was never answered wait until the run's end", () => {
    const points = pointsOf([operation({ from: 400, outcome: "info" })], seconds(1), {});
    expect([...points.response]).toEqual([600_000]);
  });

  it("still holds the times of a run of two days", () => {
    const twoDays = 172_800;
    const points = pointsOf(
      [operation({ from: twoDays * 1e3 - 5, to: twoDays * 1e3 - 1 })],
      seconds(twoDays),
      {},
    );
    const at = ((points.at[0] ?? 0) * points.unitMicros) / 1e6;
    expect(Math.abs(at - (twoDays - 0.005))).toBeLessThan(0.001);
  });
});
