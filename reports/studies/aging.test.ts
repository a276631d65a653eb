import { describe, expect, it } from "vitest";
import type { Run } from "../../core/run.ts";
import { nanos } from "../../core/time.ts";
import { operation } from "../testing/operations.ts";
import { validFixture } from "../testing/runs.ts";
import { agingOf } from "./aging.ts";

const run: Run = {
  ...validFixture({ seconds: 1 }).run,
  options: { study: ["aging"] },
  load: { kind: "open", rate: 200, processes: 50, seconds: 10 },
};

/** 200 writes a second that take `takes(second)` milliseconds; two nodes whose stores grow by 1,000 and 500 bytes a second. */
function aged(takes: (second: number) => number, seconds = 10, given = run) {
  const operations = Array.from({ length: seconds * 200 }, (_, i) => {
    const from = i * 5;
    return operation({ f: "write", from, intended: from, to: from + takes(Math.floor(from / 1000)) });
  });
  const usage = Array.from({ length: seconds + 1 }, (_, second) =>
    (["n1", "n2"] as const).map((node, i) => ({
      time: nanos(second * 1e9),
      node,
      cpuSeconds: second,
      memoryBytes: 100,
      diskBytes: second * (i === 0 ? 1000 : 500),
    })),
  ).flat();
  return agingOf({ run: given, operations, usage, faults: [], end: nanos(20e9) });
}

describe("aging", () => {
  it("has the tenths of a load, and how the last compares with the first", () => {
    const { tenths = [], growth } = aged((second) => second + 1) ?? {};
    expect(tenths.map(({ ok }) => ok)).toEqual(Array(10).fill(200));
    expect(tenths.map(({ p50 }) => Math.round(p50 / 1e3))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(growth?.p99).toBeCloseTo(10);
  });

  it("adds up the stores of all nodes at the end of each tenth", () => {
    const { tenths = [], growth } = aged(() => 1) ?? {};
    expect(tenths.map(({ store }) => store)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => n * 1500));
    expect(growth).toMatchObject({ store: 10, memory: 1 });
  });

  it("divides what there was of a load that ended early", () => {
    const { tenths = [] } = aged(() => 1, 5) ?? {};
    expect(tenths).toHaveLength(10);
    expect(tenths.at(-1)?.to).toBeCloseTo(5, 1);
    expect(tenths.map(({ ok }) => ok).every((ok) => ok > 0)).toBe(true);
  });

  it("knows no percentile of too few operations, and no store without samples", () => {
    const few = Array.from({ length: 100 }, (_, i) =>
      operation({ f: "write", from: i * 100, to: i * 100 + 1 }),
    );
    const { tenths = [] } = agingOf({ run, operations: few, usage: [], faults: [], end: nanos(20e9) }) ?? {};
    expect(tenths[0]).toMatchObject({ ok: 10, p99: Number.NaN, store: Number.NaN });
  });

  it("is only of a run that was asked for it", () => {
    expect(aged(() => 1, 10, { ...run, options: {} })).toBeUndefined();
  });
});
