import { describe, expect, it } from "vitest";
import type { Run } from "../../core/run.ts";
import { renderComparison } from "../comparison/page.ts";
import { digest, threeSystems } from "../comparison/testing/digests.ts";
import type { Aging } from "./aging.ts";
import type { CheckPerf } from "./check-perf.ts";
import type { Dbtester } from "./dbtester.ts";

const section = (page: string, id: string): string =>
  page.split(`<section aria-labelledby="${id}">`)[1]?.split("</section>")[0] ?? "";

const perf = (state: "pass" | "fail", slowest = 41_000): CheckPerf => ({
  state,
  rules: [
    { rule: "errors", value: 0, limit: 0, state: "pass" },
    { rule: "throughput", value: 998, limit: 900, state: "pass" },
    { rule: "slowest", value: slowest, limit: 500_000, state },
    { rule: "deviation", value: 12_000, limit: 100_000, state: "pass" },
  ],
});

describe("check perf on a comparison", () => {
  it("has the result of each system, with figures and limits", () => {
    const page = renderComparison(
      threeSystems([
        { studies: { "check-perf": perf("pass") } },
        { studies: { "check-perf": perf("fail", 612_000) } },
        {},
      ]),
    );
    const [etcd = "", zookeeper = "", ...others] = section(page, "check-perf").split("<tr").slice(2);
    expect(others).toEqual([]);
    expect(etcd).not.toContain("FAIL");
    expect(etcd).toContain("998/s (above 900/s)");
    expect(zookeeper.match(/FAIL/g)).toHaveLength(2);
    expect(zookeeper).toContain("612\u202fms (at most 500\u202fms)");
  });

  it("fails if one of several runs does, and shows the worst figure", () => {
    const runs = [perf("pass"), perf("fail", 700_000)].map((one, seed) =>
      digest({ seed, studies: { "check-perf": one } }),
    );
    const page = section(renderComparison(runs), "check-perf");
    expect(page).toContain("700\u202fms");
    expect(page).not.toContain("41.0\u202fms");
    expect(page).toContain("FAIL");
  });
});

describe("dbtester on a comparison", () => {
  const tested = (load: Dbtester["load"], more: Partial<Dbtester> = {}): Dbtester => ({
    workload: "put",
    load,
    clients: 100,
    rate: 600,
    okPerSecond: 1234,
    ceiling: 9000,
    errors: 0,
    operations: 20_000,
    unsent: 0,
    p50: 1000,
    p99: 9000,
    p999: 20_000,
    max: 30_000,
    cpuMsPerThousand: 800,
    peakMemory: 2 ** 28,
    diskPerThousand: 2 ** 20,
    ...more,
  });
  const closed: Partial<Run> = { load: { kind: "closed", processes: 100, seconds: 20 }, nemeses: [] };
  const ofBoth = (okPerSecond: number, system: string) => [
    {
      ...digest({
        system,
        faults: [],
        run: closed,
        studies: { dbtester: tested("closed", { okPerSecond }) },
      }),
      okPerSecond,
    },
    digest({ system, faults: [], studies: { dbtester: tested("open", { errors: 20 }) } }),
  ];
  const page = renderComparison([...ofBoth(1234, "etcd"), ...ofBoth(2500, "consul")]);

  it("has capacity and latency in tables of their own, above the loads", () => {
    const tables = section(page, "dbtester").split("<table").slice(1);
    expect(tables).toHaveLength(2);
    expect(tables[0]).toContain("1,234/s");
    expect(tables[0]).toContain("9,000/s");
    expect(tables[1]).toContain("20 (0.1%)");
  });

  it("compares closed loops by what they reached, and never by their latency", () => {
    expect(page).toContain(", closed loop</h3>");
    const conclusions = page
      .split('<dl class="conclusions">')
      .slice(1)
      .map((part) => part.split("</dl>")[0]);
    // What holds for both comes first.
    const [, closed, open, ...more] = conclusions;
    expect(more).toEqual([]);
    expect(closed).toContain(
      "consul (linearizable) is highest with 2,500/s, then etcd (linearizable) 1,234/s",
    );
    expect(closed).not.toContain("Write latency");
    expect(open).toContain("Write latency");
    expect(open).not.toContain("Capacity");
  });
});

it("aging on a comparison has a curve of each system, and the last tenth against the first", () => {
  const tenth = (i: number) => ({
    from: i * 60,
    to: i * 60 + 60,
    ok: 900,
    notOk: 0,
    p50: 1000,
    p99: 2000 * (i + 1),
    max: 9000,
    store: 1e6 * (i + 1),
    memory: 1e7,
  });
  const aging: Aging = {
    tenths: Array.from({ length: 10 }, (_, i) => tenth(i)),
    growth: { p50: 1, p99: 10, max: 1, store: 10, memory: 1 },
  };
  const drawn = section(
    renderComparison(threeSystems([{ studies: { aging } }, { studies: { aging } }, {}])),
    "aging",
  );
  expect(drawn.match(/<circle/g)).toHaveLength(40);
  expect(drawn).toContain("<b>10×</b>");
  expect(drawn.split("<tr").slice(1)).toHaveLength(2 + 2 + 20);
});
