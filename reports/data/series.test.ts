import { describe, expect, it } from "vitest";
import { seconds } from "../../core/time.ts";
import { operation } from "../testing/operations.ts";
import { quantile, seriesOf } from "./series.ts";

describe("seriesOf()", () => {
  it("puts a response time into the bucket of its intended start, and its outcome into that of its answer", () => {
    const stalled = operation({ f: "write", intended: 110, from: 480, to: 510 });
    const { bucketSeconds, latency, throughput } = seriesOf([stalled], seconds(1));
    expect(bucketSeconds).toBe(0.1);
    expect(latency[0]?.max[1]).toBe(400_000);
    expect(latency[0]?.max[5]).toBeNaN();
    expect([...throughput.ok]).toEqual([0, 0, 0, 0, 0, 10, 0, 0, 0, 0]);
  });

  it("counts latency of ok operations only, and outcomes of all", () => {
    const run = [
      operation({ from: 0, to: 1 }),
      operation({ from: 0, to: 90, outcome: "fail" }),
      operation({ from: 0, to: 1_000, outcome: "info" }),
    ];
    const { latency, throughput } = seriesOf(run, seconds(1));
    expect(latency[0]?.max[0]).toBe(1_000);
    expect([throughput.ok[0], throughput.fail[0], throughput.info[9]]).toEqual([10, 10, 10]);
  });

  it("has a series of all operations first, then one of each by name", () => {
    const run = [operation({ f: "write", from: 0, to: 3 }), operation({ f: "cas", from: 0, to: 1 })];
    const { latency } = seriesOf(run, seconds(1));
    expect(latency.map(({ f, max }) => [f, max[0]])).toEqual([
      ["", 3_000],
      ["cas", 1_000],
      ["write", 3_000],
    ]);
  });

  it("counts what was never answered in the last bucket", () => {
    const { throughput } = seriesOf([operation({ from: 0, outcome: "info" })], seconds(2));
    expect(throughput.info.at(-1)).toBe(10);
  });

  it("widens its buckets by whole multiples for a run of an hour", () => {
    const { bucketSeconds, buckets } = seriesOf([], seconds(3_600));
    expect(bucketSeconds).toBe(0.9);
    expect(buckets).toBe(4_000);
  });
});

describe("quantile()", () => {
  it("is the smallest value that the share of all values does not exceed", () => {
    const sorted = [1, 2, 3, 4];
    expect([0, 0.25, 0.5, 0.51, 0.99, 1].map((share) => quantile(sorted, share))).toEqual([1, 1, 2, 3, 4, 4]);
    expect(quantile([], 0.5)).toBeNaN();
  });
});
