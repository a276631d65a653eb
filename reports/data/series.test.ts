import { describe, expect, it } from "vitest";
import { seconds } from "../../core/time.ts";
import { operation } from "../testing/operations.ts";
import { seriesOf } from "./series.ts";

const at = (value: number, values: Float32Array | undefined) => values?.[value] ?? Number.NaN;
/** Answers of 1 ms each, `rate` a second. */
const steady = (rate: number, from: number, to: number) =>
  Array.from({ length: ((to - from) * rate) / 1e3 }, (_, i) =>
    operation({ from: from + (i * 1e3) / rate, to: from + (i * 1e3) / rate + 1 }),
  );

describe("seriesOf()", () => {
  it("counts an operation where it was meant to start by response, and where it was sent by service", () => {
    const stalled = operation({ f: "write", intended: 110, from: 480, to: 510 });
    const { bucketSeconds, response, service } = seriesOf([stalled], [], seconds(3));
    expect(bucketSeconds).toBe(0.1);
    expect([at(0, response.latency[0]?.from), at(0, response.latency[0]?.max)]).toEqual([
      Math.fround(0.1),
      400_000,
    ]);
    expect([at(0, service?.latency[0]?.from), at(0, service?.latency[0]?.max)]).toEqual([
      Math.fround(0.4),
      30_000,
    ]);
    expect(response.rates.ok.findIndex((rate) => rate > 0)).toBe(1);
    expect(service?.rates.ok.findIndex((rate) => rate > 0)).toBe(4);
  });

  it("has no series by service if every operation was meant to start when it was sent", () => {
    expect(seriesOf(steady(500, 0, 3_000), [], seconds(3)).service).toBeUndefined();
  });

  it("counts latency of ok operations only, and outcomes of all", () => {
    const run = [
      operation({ from: 0, to: 1 }),
      operation({ from: 0, to: 90, outcome: "fail" }),
      operation({ from: 0, to: 1_000, outcome: "info" }),
    ];
    const { response } = seriesOf(run, [], seconds(3));
    expect([...(response.latency[0]?.max ?? [])]).toEqual([1_000]);
    const { ok, fail, info } = response.rates;
    expect([ok[0], fail[0], info[0]]).toEqual([10, 10, 10]);
  });

  it("has a series of all operations first, then one of each by name", () => {
    const run = [operation({ f: "write", from: 0, to: 3 }), operation({ f: "cas", from: 0, to: 1 })];
    const { latency } = seriesOf(run, [], seconds(3)).response;
    expect(latency.map(({ f, max }) => [f, max[0]])).toEqual([
      ["", 3_000],
      ["cas", 1_000],
      ["write", 3_000],
    ]);
  });

  it("counts only the load's operations, and those of others under their own names alone", () => {
    const load = [operation({ f: "write", from: 0, to: 3 }), operation({ f: "read", from: 0, to: 3 })];
    const others = [operation({ f: "watch", from: 0, to: 700 }), operation({ f: "read", from: 0, to: 500 })];
    const { latency, rates } = seriesOf(load, others, seconds(3)).response;
    expect(latency.map(({ f, max }) => [f, max[0]])).toEqual([
      ["", 3_000],
      ["read", 3_000],
      ["watch", 700_000],
      ["write", 3_000],
    ]);
    expect(rates.ok[0]).toBe(20);
  });

  it("widens steps until they hold enough operations for a percentile, and leaves out what too few cannot show", () => {
    const often = seriesOf(steady(2_000, 0, 3_000), [], seconds(3)).response.latency[0];
    expect([at(0, often?.from), at(0, often?.to)]).toEqual([0, Math.fround(0.1)]);
    expect(at(0, often?.p99)).toBe(1_000);
    const seldom = seriesOf(steady(300, 0, 3_000), [], seconds(3)).response.latency[0];
    expect([at(0, seldom?.from), at(0, seldom?.to)]).toEqual([0, Math.fround(0.4)]);
    const rare = seriesOf(steady(40, 0, 30_000), [], seconds(30)).response.latency[0];
    expect(at(0, rare?.to)).toBe(1);
    expect([at(0, rare?.p50), at(0, rare?.p95), at(0, rare?.p99)]).toEqual([1_000, 1_000, Number.NaN]);
  });

  it("keeps an outage as a gap between steps, however wide they are", () => {
    const run = [...steady(300, 0, 1_200), ...steady(300, 2_000, 3_000)];
    const { from, to } = seriesOf(run, [], seconds(3)).response.latency[0] ?? { from: [], to: [] };
    const gap = [...from].findIndex((begin, i) => i > 0 && begin > (to[i - 1] ?? 0) + 0.1);
    expect([to[gap - 1], from[gap]]).toEqual([Math.fround(1.2), 2]);
  });

  it("has steps of a round length, and not too many, in a run of an hour", () => {
    const { bucketSeconds, buckets } = seriesOf([], [], seconds(3_600));
    expect(bucketSeconds).toBe(5);
    expect(buckets).toBe(720);
  });
});
