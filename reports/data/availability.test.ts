import { describe, expect, it } from "vitest";
import type { NodeId } from "../../core/op.ts";
import { operation } from "../testing/operations.ts";
import { longest, longestByNode, outages, outagesOf } from "./availability.ts";

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

describe("outagesOf()", () => {
  it("separates writes from reads: a leader without quorum may still answer one of them", () => {
    const run = [
      operation({ f: "read", from: 0, to: 10 }),
      operation({ f: "write", from: 0, to: 800 }),
      operation({ f: "read", from: 400, to: 410 }),
    ];
    const { all, writes, reads } = outagesOf(run);
    expect(longest(writes)).toEqual({ from: 0, to: 800e6 });
    expect(longest(reads)).toEqual({ from: 0, to: 10e6 });
    expect(longest(all)).toEqual({ from: 10e6, to: 410e6 });
  });
});
