import { expect, it } from "vitest";
import { staleFixture, unknownFixture } from "../../reports/testing/runs.ts";
import { benchResult } from "./json-result.ts";

const finished = (run: ReturnType<typeof staleFixture>["run"]) => ({
  run,
  dir: "d",
  report: "d/report.html",
});

it("sums a run up: its verdict, its faults by nemesis, all checkers' figures, where it was stale", () => {
  const { run } = staleFixture({ seconds: 8 });
  const { runs, ...all } = benchResult([finished(run)], 4);
  expect(all).toEqual({ verdict: "invalid", seconds: 4 });
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
    1,
  );
  expect(verdict).toBe("unknown");
  expect(runs.map(({ error }) => error)).toEqual(["n1 never became ready", undefined]);
  expect(runs[0]?.faults.some(({ windows, proven }) => proven < windows)).toBe(true);
});
