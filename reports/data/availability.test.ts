import { describe, expect, it } from "vitest";
import type { NodeId } from "../../core/op.ts";
import { nanos, seconds } from "../../core/time.ts";
import { operation } from "../testing/operations.ts";
import { impactOf, longest, longestByNode, outages } from "./availability.ts";

const lengths = (periods: ReturnType<typeof outages>) =>
  periods.map(({ from, to }) => [from / 1e6, to / 1e6]);

describe("outages()", () => {
  it("lasts from one ok answer to the next while something is asked for", () => {
    const run = [
      operation({ from: 0, to: 10 }),
      operation({ from: 5, to: 900, outcome: "info" }),
      operation({ from: 400, to: 500 }),
    ];
    expect(lengths(outages(run))).toEqual([
      [0, 10],
      [10, 500],
      [500, 900],
    ]);
  });

  it("does not count time in which nobody asked", () => {
    const run = [operation({ from: 0, to: 10 }), operation({ from: 5_000, to: 5_020 })];
    expect(longest(outages(run))).toEqual({ from: 5_000e6, to: 5_020e6 });
  });

  it("lasts to the last answer where no ok came any more", () => {
    const run = [operation({ from: 0, to: 10 }), operation({ from: 20, to: 3_000, outcome: "fail" })];
    expect(longest(outages(run))).toEqual({ from: 20e6, to: 3_000e6 });
  });

  it("knows of none where nothing was asked", () => {
    expect(longest(outages([]))).toBeUndefined();
  });

  it("is separate for each node: the outage of one node is not one of the cluster", () => {
    const run = [
      ...Array.from({ length: 100 }, (_, i) => operation({ node: "n1", from: i * 10, to: i * 10 + 1 })),
      operation({ node: "n2", from: 100, to: 900, outcome: "info" }),
    ];
    expect(longest(outages(run.slice(0, 100)))?.to).toBeLessThan(1_000e6);
    const byNode = longestByNode(run);
    expect(byNode.get("n2" as NodeId)).toEqual({ from: 100e6, to: 900e6 });
    expect((byNode.get("n1" as NodeId)?.to ?? 0) - (byNode.get("n1" as NodeId)?.from ?? 0)).toBe(1e6);
  });
});

describe("impactOf()", () => {
  it("counts what was sent while the fault lasted, and the longest outage that touches it", () => {
    const fault = {
      id: 1,
      name: "kill",
      summary: "kill n1",
      nodes: [],
      cut: [],
      from: nanos(100e6),
      to: nanos(200e6),
    };
    const run = [
      operation({ from: 90, to: 95 }),
      operation({ from: 110, to: 350 }),
      operation({ from: 120, to: 130, outcome: "fail" }),
      operation({ from: 150, to: 900, outcome: "info" }),
      operation({ from: 300, to: 360 }),
    ];
    const impact = impactOf(fault, run, outages(run), seconds(1));
    expect(impact).toEqual({ ok: 1, fail: 1, info: 1, p99: 240_000, outageSeconds: 0.24 });
  });
});
