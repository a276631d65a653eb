import { describe, expect, it } from "vitest";
import type { MemoryBug } from "../adapters/memory/bugs.ts";
import { isClientEvent } from "../core/history.ts";
import type { Run } from "../core/run.ts";
import { TestTrial } from "../harness/testing/trial.ts";
import { watchFanout } from "./watch-fanout.ts";

function trial(bugs: readonly MemoryBug[] = []) {
  return new TestTrial({
    spec: {
      load: { kind: "open", rate: 40, processes: 12, seconds: 4 },
      workloadOptions: { "watchers-per-node": 3, "value-size": 300 },
    },
    memory: { bugs },
    deps: { workload: watchFanout },
  });
}

const verdictOf = ({ verdicts }: Run, checker: string) => verdicts.find((one) => one.checker === checker);

describe("the watch-fanout workload in the in-memory system", () => {
  it("is valid where every watcher hears of every change, and says how late", async () => {
    const made = trial();
    const run = await made.run();
    expect(run.verdict).toBe("valid");
    const watches = made.events.filter(
      (event) => isClientEvent(event) && event.type === "ok" && event.f === "watch",
    );
    expect(watches).toHaveLength(9);
    const written = made.events.filter(
      (event) => isClientEvent(event) && event.type === "ok" && event.f === "write",
    );
    const told = made.events.filter(({ type, f }) => type === "notice" && f === "put");
    // But for the one that was put in place before the watchers came.
    expect(told).toHaveLength((written.length - 1) * 9);
    // Values of 300 bytes on the wire are numbers here.
    expect(told.every((event) => "value" in event && typeof event.value === "number")).toBe(true);
    const { figures = {} } = verdictOf(run, "watch-delivery") ?? {};
    expect(figures["lag since invocation p99 ms"]).toBeGreaterThan(figures["lag p99 ms"] ?? Number.NaN);
  });

  it.each([
    ["dropped-events", "watch-reliable"],
    ["duplicated-events", "watch-unique"],
    ["silent-watches", "watch-delivery"],
  ] as const)("finds %s", async (bug, checker) => {
    expect(verdictOf(await trial([bug]).run(), checker)?.kind).toBe("invalid");
  });
});
