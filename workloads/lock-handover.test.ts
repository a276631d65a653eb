import { describe, expect, it } from "vitest";
import type { MemoryBug } from "../adapters/memory/bugs.ts";
import { isClientEvent } from "../core/history.ts";
import { TestTrial } from "../harness/testing/trial.ts";
import { lockHandover } from "./lock-handover.ts";

const trial = (bugs: readonly MemoryBug[] = [], nemeses: readonly string[] = [], seconds = 6) =>
  new TestTrial({
    spec: {
      load: { kind: "open", rate: 60, processes: 12, seconds },
      workloadOptions: { "ttl-ms": 1000, "crash-percent": 5 },
    },
    memory: { bugs },
    nemeses,
    deps: { workload: lockHandover },
  });

describe("the lock-handover workload in the in-memory system", () => {
  it("is valid where one client at a time has a lock, and measures how soon the next one has it", async () => {
    const run = await trial().run();
    expect(run.verdicts.filter(({ kind }) => kind !== "valid")).toEqual([]);
    const { figures = {} } = run.verdicts.find(({ checker }) => checker === "locks") ?? {};
    expect(figures["grants"]).toBeGreaterThan(100);
    expect(figures["handover, p50 ms"]).toBeLessThan(100);
    expect(figures["handover after a crash, p50 ms"]).toBeLessThan(500);
  });

  it("is valid where the leader is killed and paused", async () => {
    const run = await trial([], ["kill-leader", "pause-leader"], 16).run();
    expect(run.verdicts.find(({ checker }) => checker === "locks")?.kind).toBe("valid");
  });

  it.each<MemoryBug>(["double-grants", "early-expiry"])("is invalid where %s is planted", async (bug) => {
    expect((await trial([bug]).run()).verdict).toBe("invalid");
  });

  it("asks the same for the same seed", async () => {
    const calls = async () => {
      const made = trial();
      await made.run();
      return made.events
        .filter((event) => isClientEvent(event) && event.type === "invoke")
        .slice(0, 300)
        .map(({ f, ...event }) => [f, "key" in event && event.key]);
    };
    expect(await calls()).toEqual(await calls());
  });
});
