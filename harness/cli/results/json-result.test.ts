import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import * as z from "zod";
import { digestOf } from "../../../reports/comparison/digest.ts";
import { reportOf } from "../../../reports/report.ts";
import { staleFixture, unknownFixture } from "../../../reports/testing/runs.ts";
import { parseThreshold } from "../../../reports/thresholds/grammar.ts";
import { benchSchema } from "../testing/bench-schema.ts";
import type { FaultResult } from "./json-figures.ts";
import { benchResult } from "./json-result.ts";

const finished = (run: Fixture["run"], history: Fixture["history"] = []) => ({
  run,
  dir: "d",
  report: "d/report.html",
  digest: digestOf(run, history, []),
  figures: reportOf(run, history, []).figures,
});
type Fixture = ReturnType<typeof staleFixture>;

it("has latency by operation, outcome and measure, rates, outages and the client's health, as its schema says", () => {
  const { run, history } = staleFixture({ seconds: 8 });
  const result = benchResult([finished(run, history)], { seconds: 4 });
  const printed = JSON.parse(JSON.stringify(result));
  expect(benchSchema.safeParse(printed).error?.issues).toBeUndefined();
  const [first] = result.runs;
  expect(first?.latency).toHaveLength(run.latency.length);
  expect(first?.latency.map(({ measure }) => measure)).toEqual(
    expect.arrayContaining(["response", "service"]),
  );
  expect(first?.latency[0]).not.toHaveProperty("spectrum");
  expect(first?.rates.ok).toBeGreaterThan(0);
  expect(first?.outages.readSeconds).toBeGreaterThanOrEqual(0);
  expect(first?.client).toEqual(run.client);
});

it("names the page that compares several runs, as its schema says", () => {
  const { run, history } = staleFixture({ seconds: 4 });
  const twice = [finished(run, history), finished(run, history)];
  const result = benchResult(twice, { seconds: 4, comparison: "results/a-and-others.html" });
  expect(result.comparison).toBe("results/a-and-others.html");
  expect(benchSchema.strict().safeParse(JSON.parse(JSON.stringify(result))).error?.issues).toBeUndefined();
  expect(benchResult(twice.slice(1), { seconds: 4, comparison: undefined })).not.toHaveProperty("comparison");
});

it("has latency by phase, and what the report says of each fault", () => {
  const { run, history } = staleFixture({ seconds: 8 });
  const printed = JSON.parse(
    JSON.stringify(benchResult([finished(run, history)], { seconds: 4, comparison: undefined })),
  );
  const [first] = printed.runs;
  expect(first.faultWindows).toHaveLength(run.faults.length);
  const { figures } = finished(run, history);
  first.faultWindows.forEach((fault: FaultResult, i: number) => {
    const [window, own] = [run.faults[i], figures.faults[i]];
    expect(fault).toMatchObject({ name: window?.name, proof: window?.proof ?? null, nodes: own?.roles });
    expect(fault.toSeconds - fault.fromSeconds).toBeCloseTo(((window?.to ?? 0) - (window?.from ?? 0)) / 1e9);
    expect(fault.firstWriteSeconds).toBe(own?.firstWriteSeconds ?? null);
    expect(fault.response.during.p99).toBe(own?.response.during.p99);
    expect(fault.response.unknownWrites).toBe(own?.response.unknownWrites);
  });
  expect(first.phases.service.fault.p99).toBe(figures.service?.fault.p99);
  const { healthy, fault, recovery, all } = first.phases.response;
  expect(healthy.ok + fault.ok + recovery.ok).toBe(all.ok);
  expect(all.ok).toBeGreaterThan(0);
});

it("says null of what is not known: the latency of a run without operations, a fault that nothing proves", () => {
  const { run } = unknownFixture({ seconds: 4 });
  const [result] = benchResult([finished(run)], { seconds: 1, comparison: undefined }).runs;
  expect(result?.phases).toMatchObject({ response: { all: { ok: 0, p99: null } }, service: null });
  expect(result?.faultWindows.map(({ proof }) => proof)).toContain(null);
  expect(result?.faultWindows[0]).toMatchObject({
    firstWriteSeconds: null,
    response: { healthyAgainSeconds: null },
  });
  expect(
    benchSchema.safeParse({ verdict: "valid", seconds: 1, thresholds: [], runs: [result] }).error?.issues,
  ).toBeUndefined();
});

it("has the schema that is documented", () => {
  const file = fileURLToPath(new URL("../../../docs/bench.schema.json", import.meta.url));
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(
    JSON.parse(JSON.stringify(z.toJSONSchema(benchSchema))),
  );
});

it("sums a run up: its verdict, its faults by nemesis, all checkers' figures, where it was stale", () => {
  const { run } = staleFixture({ seconds: 8 });
  const { runs, ...all } = benchResult([finished(run)], { seconds: 4 });
  expect(all).toEqual({ thresholds: [], verdict: "invalid", seconds: 4 });
  expect(runs[0]).toMatchObject({
    system: "etcd",
    version: "3.4.23",
    readMode: "serializable",
    verdict: "invalid",
    operations: run.operations,
    faults: [
      { name: "partition", windows: 1, proven: 1 },
      { name: "kill", windows: 1, proven: 1 },
      { name: "pause", windows: 1, proven: 1 },
    ],
    figures: { "stale reads": 87 },
  });
  expect(runs[0]?.staleness.map(({ reads, fault }) => [reads, fault?.name])).toEqual([
    [38, "partition"],
    [49, "pause"],
  ]);
  expect(runs[0]?.anomalies.filter(({ known }) => known)).toHaveLength(4);
  expect(runs[0]).not.toHaveProperty("error");
});

it("has the worst verdict of its runs, and why one could not end as planned", () => {
  const { run } = unknownFixture({ seconds: 4 });
  const { verdict, runs } = benchResult(
    [{ ...finished(run), failure: "n1 never became ready" }, finished({ ...run, verdict: "valid" })],
    { seconds: 1 },
  );
  expect(verdict).toBe("unknown");
  expect(runs.map(({ error }) => error)).toEqual(["n1 never became ready", undefined]);
  expect(runs[0]?.faults.some(({ windows, proven }) => proven < windows)).toBe(true);
});

it("has each threshold in each run first, what failed before what passed, as its schema says", () => {
  const { run, history } = staleFixture({ seconds: 8 });
  const thresholds = ["read.p50 > 100s", "read.p50 > 1us", "list.p50 > 1ms"].map((text) =>
    parseThreshold(text, ["read", "list"]),
  );
  const result = benchResult([finished(run, history)], { seconds: 4, thresholds });
  expect(Object.keys(result)[0]).toBe("thresholds");
  expect(result.thresholds.map(({ text, state }) => [text, state])).toEqual([
    ["read.p50 > 1us", "failed"],
    ["list.p50 > 1ms", "no-data"],
    ["read.p50 > 100s", "passed"],
  ]);
  expect(benchSchema.safeParse(JSON.parse(JSON.stringify(result))).error?.issues).toBeUndefined();
});
