import { describe, expect, it } from "vitest";
import type { MemoryBug } from "../adapters/memory/bugs.ts";
import { isClientEvent } from "../core/history.ts";
import { TestTrial } from "../harness/testing/trial.ts";
import { leaseChurn } from "./lease-churn.ts";

const trial = (bugs: readonly MemoryBug[] = [], nemeses: readonly string[] = [], seconds = 8) =>
  new TestTrial({
    spec: {
      load: { kind: "open", rate: 60, processes: 12, seconds },
      workloadOptions: { "expire-percent": 40, "ttl-ms": 1000 },
    },
    memory: { bugs },
    nemeses,
    deps: { workload: leaseChurn },
  });

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
