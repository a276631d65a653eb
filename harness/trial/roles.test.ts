/** Workloads whose roles are not all the load. */
import { describe, expect, it } from "vitest";
import { isClientEvent } from "../../core/history.ts";
import type { Role, Workload } from "../../workloads/workload.ts";
import { TestTrial } from "../testing/trial.ts";

/** Looks at a key ten times a second, at each node. */
const watchers: Role<"kv"> = {
  name: "watchers",
  processes: { perNode: 2 },
  actor() {
    let pauses = false;
    return {
      next() {
        pauses = !pauses;
        return pauses ? { f: "look", key: "k" } : { pauseMs: 100 };
      },
      async perform(client, { key = "" }, { ask, notice }) {
        const { value = null } = await client.kv.read(key, "linearizable", ask);
        notice({ f: "looked", key, value });
        return { value };
      },
    };
  },
};

const writers: Role<"kv"> = {
  name: "writers",
  processes: "load",
  actor: ({ slot }) => ({
    next: () => ({ f: "write", key: "k", value: slot }),
    async perform(client, { key = "", value = null }, { ask }) {
      await client.kv.write(key, String(value), ask);
      return { value };
    },
  }),
};

const workload = (roles: readonly Role<"kv">[]): Workload<"kv"> => ({
  name: "roles",
  summary: "writers and watchers",
  requires: ["kv"],
  options: {},
  roles: () => roles,
  checkers: () => [],
  needs: { look: 100 },
});

const trial = (roles: readonly Role<"kv">[], kind: "open" | "closed" = "open") =>
  new TestTrial({
    spec: {
      load: { kind, rate: 100, processes: 30, seconds: 5 } as const,
      quietSeconds: 1,
    },
    deps: { workload: workload(roles) },
  });

describe("a standing role next to the load", () => {
  it("acts at every node at its own pace, under ids of its own, and records notices of what it asked", async () => {
    const made = trial([watchers, writers]);
    const run = await made.run();
    expect(run.verdict).toBe("valid");
    // The run says which processes were the load, so that a report counts no others.
    const { stride, processes } = run.loadClients ?? { stride: 1, processes: 1 };
    const isLoads = (process: number | string) => Number(process) % stride < processes;
    const kinds = (load: boolean) =>
      new Set(
        made.events.filter(isClientEvent).flatMap(({ process, f }) => (isLoads(process) === load ? [f] : [])),
      );
    expect([kinds(true), kinds(false)]).toEqual([new Set(["write"]), new Set(["look"])]);
    const looks = made.events.filter((event) => isClientEvent(event) && event.f === "look");
    // 30 processes of the load come first, then 2 watchers for each of 3 nodes.
    expect(new Set(looks.map(({ process }) => process))).toEqual(new Set([30, 31, 32, 33, 34, 35]));
    const perWatcher = looks.filter(({ process, type }) => process === 30 && type === "ok").length;
    expect(perWatcher).toBeGreaterThan(50);
    expect(perWatcher).toBeLessThan(62);
    const notices = made.events.filter(({ type }) => type === "notice");
    expect(notices).toHaveLength(looks.filter(({ type }) => type === "ok").length);
  });

  it("counts for no rate and no law of the load", async () => {
    const open = (await trial([watchers, writers]).run()).verdicts.find(({ checker }) => checker === "load");
    expect(open?.figures?.["operations per second"]).toBeCloseTo(100, -1);
    const run = await trial([watchers, writers], "closed").run();
    const load = run.verdicts.find(({ checker }) => checker === "load");
    expect(load).toMatchObject({ kind: "valid" });
    expect(load?.figures?.["mean concurrency"]).toBeCloseTo(30, 0);
  });
});

describe("a workload without a role that is the load", () => {
  it.each(["open", "closed"] as const)("has no verdict on a load that nobody was: %s", async (kind) => {
    const run = await trial([watchers], kind).run();
    expect(run.verdicts.find(({ checker }) => checker === "load")).toBeUndefined();
    expect(run.verdict).toBe("valid");
    expect(run).not.toHaveProperty("loadClients");
  });
});
