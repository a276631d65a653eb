import { describe, expect, it } from "vitest";
import type { MemoryBug } from "../adapters/memory/bugs.ts";
import { leaseChurn } from "./lease-churn.ts";
import { callsOf, sessionTrial } from "./testing/session-trial.ts";
import { broken } from "./testing/watch-trial.ts";

const trial = (bugs: readonly MemoryBug[] = [], nemeses: readonly string[] = [], seconds = 8) =>
  sessionTrial(leaseChurn, { bugs, nemeses, seconds, workloadOptions: { "expire-percent": 40 } });

describe("the lease-churn workload in the in-memory system", () => {
  it("is valid where leases live as long as they must, and measures how soon their records go", async () => {
    const run = await trial().run();
    expect(run.verdicts.filter(({ kind }) => kind !== "valid")).toEqual([]);
    const { figures = {} } = run.verdicts.find(({ checker }) => checker === "leases") ?? {};
    expect(figures["left to expire"]).toBeGreaterThan(5);
    expect(figures["revoked"]).toBeGreaterThan(5);
    expect(figures["gone after deadline, at most, p50 ms"]).toBeLessThan(500);
  });

  it("is valid where the leader is killed and paused", async () => {
    const run = await trial([], ["kill-leader", "pause-leader"], 16).run();
    expect(run.verdicts.find(({ checker }) => checker === "leases")?.kind).toBe("valid");
  });

  it.each<MemoryBug>(["early-expiry", "leaked-keys"])("is invalid where %s is planted", async (bug) => {
    expect(broken(await trial([bug]).run())).toContain("leases");
  });

  it("asks the same for the same seed", async () => {
    expect(await callsOf(trial())).toEqual(await callsOf(trial()));
  });
});
