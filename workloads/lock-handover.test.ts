import { describe, expect, it } from "vitest";
import type { MemoryBug } from "../adapters/memory/bugs.ts";
import { lockHandover } from "./lock-handover.ts";
import { callsOf, sessionTrial } from "./testing/session-trial.ts";
import { broken } from "./testing/watch-trial.ts";

const trial = (bugs: readonly MemoryBug[] = [], nemeses: readonly string[] = [], seconds = 6) =>
  sessionTrial(lockHandover, { bugs, nemeses, seconds, workloadOptions: { "crash-percent": 5 } });

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
    expect(broken(await trial([bug]).run())).toContain("locks");
  });

  it("ends with its load: nobody waits on for a lock that is released no more", async () => {
    const patient = sessionTrial(lockHandover, {
      seconds: 5,
      workloadOptions: { "wait-ms": 600_000, "hold-ms": 100, "crash-percent": 0 },
    });
    const run = await patient.run();
    expect(run.phases?.load).toBeLessThan(10);
    const waiting = patient.events.filter(
      (event) => event.type === "fail" && event.f === "acquire" && `${event.message}`.includes("load ended"),
    );
    expect(waiting.length).toBeGreaterThan(0);
  });

  it("asks the same for the same seed", async () => {
    expect(await callsOf(trial())).toEqual(await callsOf(trial()));
  });
});
