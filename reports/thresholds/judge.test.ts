import { describe, expect, it } from "vitest";
import type { LatencySummary } from "../../core/run.ts";
import { digest, type Facts } from "../comparison/testing/digests.ts";
import { thresholdsPanel } from "../panels/thresholds.ts";
import { parseThreshold } from "./grammar.ts";
import { judgeRuns, judgeThreshold } from "./judge.ts";

const summary = (f: string, ms: number, count = 20_000): LatencySummary => ({
  f,
  outcome: "ok",
  measure: "response",
  count,
  mean: ms * 1e3,
  p50: ms * 1e3,
  p95: ms * 2e3,
  p99: ms * 3e3,
  p999: ms * 4e3,
  max: ms * 5e3,
  spectrum: [
    [0, ms * 500],
    [90, ms * 1500],
    [95, ms * 2e3],
    [100, ms * 5e3],
  ],
});
const operations = ["read", "write", "list"];
const run = (latency: readonly LatencySummary[], more: Facts["run"] = {}) =>
  digest({ run: { latency, ...more } });
const judge = (text: string, of = run([summary("write", 10)])) =>
  judgeThreshold(parseThreshold(text, operations), of);

describe("judgeThreshold()", () => {
  it.each([
    ["put.p50 > 10ms", "passed", 10_000],
    ["put.p50 >= 10ms", "failed", 10_000],
    ["put.p90 > 14.9ms", "failed", 15_000],
    ["put.p95 > 20ms", "passed", 20_000],
    ["put.p99 > 29ms", "failed", 30_000],
    ["put.p99.9 < 41ms", "failed", 40_000],
    ["put.max <= 49ms", "passed", 50_000],
    ["put.mean > 1s", "passed", 10_000],
    ["unwritable > 900ms", "failed", 1_000_000],
    ["unreadable > 900ms", "passed", 500_000],
    ["ok < 496/s", "failed", 495],
  ])("%s is %s", (text, state, value) => expect(judge(text)).toMatchObject({ state, value }));

  it("counts errors, and takes their share", () => {
    const faulty = { ...digest(), errors: { errors: 3, operations: 1_000 } };
    expect(judge("errors > 0.2%", faulty)).toMatchObject({ state: "failed", value: 0.003 });
    expect(judge("errors > 0.3%", faulty).state).toBe("passed");
    expect(judge("errors > 2", faulty)).toMatchObject({ state: "failed", value: 3 });
  });

  it("counts stale reads, if they were measured", () => {
    const figures = { reads: 1_000, "stale reads": 20, "staleness ms worst": 5 };
    const verdicts = [{ checker: "staleness", kind: "valid" as const, summary: "", anomalies: [], figures }];
    expect(judge("stale-reads > 0", run([], { verdicts }))).toMatchObject({ state: "failed", value: 20 });
    expect(judge("stale-reads > 2%", run([], { verdicts })).state).toBe("passed");
    expect(judge("stale-reads > 0").state).toBe("no-data");
  });

  it.each([
    ["of an operation that nobody did", "get.p99 > 1s", "no read succeeded (what did: write)"],
    ["of too few operations", "list.p99 > 1s", "it needs 100 successful operations, and there are 99"],
    [
      "that only 10,000 operations show",
      "list.p99.9 > 1s",
      "it needs 10,000 successful operations, and there are 99",
    ],
  ])("passes no percentile %s", (_, text, why) => {
    const judged = judge(
      text,
      run([summary("write", 10), summary("list", 1, 99)].slice(0, text.startsWith("get") ? 1 : 2)),
    );
    expect(judged.state).toBe("no-data");
    expect(judged.sentence).toContain(why);
  });

  it("passes nothing of a run without operations", () => {
    const none = { ...digest(), kinds: {}, errors: { errors: 0, operations: 0 } };
    for (const text of ["errors > 1%", "ok < 1/s", "unwritable > 1s", "unreadable > 1s"])
      expect(judge(text, none).state, text).toBe("no-data");
  });

  it("looks at answers only: what failed fast is not fast", () => {
    const failed = { ...summary("write", 1), outcome: "fail" as const };
    expect(judge("put.p50 > 5ms", run([failed])).state).toBe("no-data");
  });

  it("says the figure and the limit", () => {
    expect(judge("put.p99 > 29ms").sentence.replaceAll("\u202f", " ")).toBe(
      "write.p99 is 30.0 ms, and the run fails above 29.0 ms",
    );
  });
});

describe("judgeRuns()", () => {
  const register = { digest: run([summary("write", 10)]) };
  const set = { digest: run([summary("list", 10)], { workload: "set" }) };
  const states = (text: string) =>
    judgeRuns([parseThreshold(text, operations)], [register, set]).map(({ of, judgement }) => [
      of === set ? "set" : "register",
      judgement.state,
    ]);

  it("leaves out workloads that have no such operation", () => {
    expect(states("put.p99 > 1ms")).toEqual([["register", "failed"]]);
    expect(states("list.p99 > 1s")).toEqual([["set", "passed"]]);
  });

  it.each(["info", "fail"] as const)(
    "fails the run of a workload whose operations of that name all ended %s, where another one has answers",
    (outcome) => {
      const put = { digest: run([{ ...summary("write", 10), outcome }], { workload: "put" }) };
      const judged = judgeRuns([parseThreshold("write.p99 > 50ms", operations)], [put, register]);
      expect(judged.map(({ judgement }) => judgement.state)).toEqual(["no-data", "passed"]);
    },
  );

  it("fails the run of a workload with too few answers, where another one has enough", () => {
    const few = { digest: run([summary("write", 10, 99)], { workload: "put" }) };
    const judged = judgeRuns([parseThreshold("write.p99 > 50ms", operations)], [few, register]);
    expect(judged.map(({ judgement }) => judgement.state)).toEqual(["no-data", "passed"]);
  });

  it("fails the run of a workload that asked for nothing at all", () => {
    const idle = {
      digest: { ...run([], { workload: "put" }), errors: { errors: 0, operations: 0 } },
    };
    for (const text of ["write.p99 > 50ms", "errors > 1%"]) {
      const judged = judgeRuns([parseThreshold(text, operations)], [idle, register]);
      expect(judged.map(({ judgement }) => judgement.state)).toEqual(["no-data", "passed"]);
    }
  });

  it("fails all, if nobody has it", () => {
    expect(states("get.p99 > 1s")).toEqual([
      ["register", "no-data"],
      ["set", "no-data"],
    ]);
  });

  it("fails the run of a workload that has it elsewhere, but not here", () => {
    const bare = { digest: run([]) };
    const judged = judgeRuns([parseThreshold("put.p99 > 1s", operations)], [register, bare, set]);
    expect(judged.map(({ judgement }) => judgement.state)).toEqual(["passed", "no-data"]);
  });
});

describe("thresholdsPanel()", () => {
  it("has what failed first, and counts it", () => {
    const judged = ["put.p50 > 1s", "put.p99 > 1ms"].map((text) => judge(text));
    const { markup } = thresholdsPanel(judged) ?? { markup: "" };
    expect(markup).toContain("1 of 2 thresholds failed");
    expect(markup.indexOf("put.p99")).toBeLessThan(markup.indexOf("put.p50"));
  });

  it("is not there without thresholds", () => expect(thresholdsPanel([])).toBeUndefined());
});
