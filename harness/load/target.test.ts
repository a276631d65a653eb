import { describe, expect, it } from "vitest";
import { memoryAdapter } from "../../adapters/memory/adapter.ts";
import { MemorySystem } from "../../adapters/memory/system.ts";
import { isInvocation } from "../../core/history.ts";
import { type NodeId, nodeId } from "../../core/op.ts";
import { createRandom } from "../../core/random.ts";
import type { Run } from "../../core/run.ts";
import { isOfLoad } from "../../core/run.ts";
import { nanos, seconds } from "../../core/time.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import { register } from "../../workloads/register.ts";
import { testRun } from "../../workloads/testing/run.ts";
import { watchFanout } from "../../workloads/watch-fanout.ts";
import type { Self, Workload } from "../../workloads/workload.ts";
import { Recorder } from "../record/recorder.ts";
import { TestTrial } from "../testing/trial.ts";
import type { TrialSpec } from "../trial/spec.ts";
import { ClientGroup } from "./client-group.ts";
import { followedTarget } from "./target.ts";

const open = { kind: "open", rate: 100, processes: 40, seconds: 3 } as const;
const closed = { kind: "closed", processes: 3, seconds: 1 } as const;

/** Operations of the load, or of all others, by node. */
function byNode({ events }: TestTrial, run: Run, ofLoad = true): Record<string, number> {
  const found: Record<string, number> = {};
  for (const event of events.filter(isInvocation)) {
    const { node, process } = event;
    if (node === undefined || run.loadClients === undefined) continue;
    if (isOfLoad(process, run.loadClients) === ofLoad) found[node] = (found[node] ?? 0) + 1;
  }
  return found;
}

const trialOf = (spec: Partial<TrialSpec>, more = {}) =>
  new TestTrial({ spec: { load: open, ...spec }, ...more });

const leaderOf = ({ role, nodes }: NonNullable<Run["target"]>): NodeId | undefined =>
  role === "leader"
    ? nodes[0]
    : (["n1", "n2", "n3"].map(nodeId).find((node) => !nodes.includes(node)) as NodeId);

describe("--target", () => {
  it.each([
    ["open", open],
    ["closed", closed],
  ] as const)(
    "leader: the clients of the %s load are all at the node that leads, and the last reads at every node",
    async (_, load) => {
      const trial = trialOf({ load, target: "leader" });
      const run = await trial.run();
      expect(run.verdict).toBe("valid");
      const led = trial.events.flatMap((event) => (event.f === "leader" ? [event.value] : []));
      expect(run.target).toEqual({ role: "leader", nodes: led });
      expect(Object.keys(byNode(trial, run))).toEqual(led);
      expect(Object.keys(byNode(trial, run, false)).sort()).toEqual(["n1", "n2", "n3"]);
    },
  );

  it("followers: the clients are at the other nodes, at each alike", async () => {
    const trial = trialOf({ target: "followers" });
    const run = await trial.run();
    const { target } = run;
    expect(target?.nodes).toHaveLength(2);
    const counts = byNode(trial, run);
    expect(Object.keys(counts).sort()).toEqual(target?.nodes);
    const [first = 0, second = 0] = Object.values(counts);
    expect(Math.abs(first - second)).toBeLessThanOrEqual(1);
    expect(leaderOf(target as NonNullable<Run["target"]>)).toBe(
      trial.events.find((event) => event.f === "leader")?.value,
    );
  });

  it("all: the clients are at every node, and the run names no target", async () => {
    const trial = trialOf({});
    const run = await trial.run();
    expect(run).not.toHaveProperty("target");
    expect(Object.keys(byNode(trial, run)).sort()).toEqual(["n1", "n2", "n3"]);
  });

  it("all: the clients of a closed loop are spread over the nodes as if they were in one worker", () => {
    const random = createRandom(1);
    const clock = new VirtualClock();
    const system = new MemorySystem({
      clock,
      random,
      nodes: 3,
      latencyMs: { min: 1, max: 1 },
      electionMs: 100,
    });
    const run = testRun({});
    const nodes: string[] = [];
    const spied: Workload = {
      ...register,
      roles: (...asked) =>
        register.roles(...asked).map((role) => ({
          ...role,
          actor: (self: Self) => {
            nodes.push(self.node);
            return role.actor(self);
          },
        })) as ReturnType<Workload["roles"]>,
    };
    for (const index of [0, 1, 2, 3])
      new ClientGroup({
        clock,
        adapter: memoryAdapter(system),
        workload: spied,
        run,
        endpoints: run.nodes.map((node) => ({ node, host: "memory", port: 0 })),
        connect: { clock, timeoutMs: 1000 },
        load: { kind: "closed", processes: 16, seconds: 1 },
        opened: 16,
        random,
        share: { index, of: 4, generation: 0 },
        recorder: new Recorder(clock, () => {}),
        onError: () => {},
      });
    const at = (name: string) => nodes.filter((node) => node === name).length;
    expect(["n1", "n2", "n3"].map(at)).toEqual([6, 5, 5]);
  });

  it("watchers at every node are only at those of the target", async () => {
    const trial = trialOf(
      {
        target: "followers",
        load: { ...open, rate: 5 },
        workloadOptions: { keys: 2, "watchers-per-node": 2 },
      },
      { deps: { workload: watchFanout } },
    );
    const run = await trial.run();
    expect(run.verdict).toBe("valid");
    const watched = trial.events.flatMap((event) =>
      isInvocation(event) && event.f === "watch" ? [event.node] : [],
    );
    expect([...new Set(watched)].sort()).toEqual(run.target?.nodes);
  });

  it("clients stay where they are when the leader changes, and the run says when it did", async () => {
    const trial = trialOf({ target: "leader", load: { ...open, seconds: 20 } }, { nemeses: ["kill-leader"] });
    const run = await trial.run();
    expect(Object.keys(byNode(trial, run))).toEqual(run.target?.nodes);
    expect(run.target?.changedAt).toBeGreaterThan(run.faults[0]?.from ?? Number.POSITIVE_INFINITY);
    expect(run.target?.changedAt).toBeLessThan(run.faults[0]?.to ?? 0);
  });

  it("fails where nobody says that it leads, before an operation is sent", async () => {
    const trial = trialOf({ target: "leader" });
    trial.observe({ leader: async () => undefined });
    await expect(trial.run()).rejects.toThrow(
      "--target leader: none of the nodes was said to lead within 10 s",
    );
    expect(trial.events.filter(isInvocation)).toEqual([]);
  });

  it("refuses the followers of a single node", async () => {
    const trial = trialOf({ target: "followers", nodes: 1 });
    await expect(trial.run()).rejects.toThrow("a cluster of one node has no followers");
  });
});

describe("followedTarget()", () => {
  const leader = (time: number, value: NodeId | null, index = 0) =>
    ({ index, time: nanos(time), type: "info", process: "nemesis", f: "leader", value }) as const;
  const [n1, n2, n3] = [nodeId("n1"), nodeId("n2"), nodeId("n3")];
  const end = nanos(seconds(9));

  it("leaves out that nobody leads, who led before, and what comes after the load", () => {
    const target = { role: "leader", nodes: [n1] } as const;
    expect(followedTarget(target, [leader(0, n1), leader(5, null), leader(9, n1)], end)).toEqual(target);
    expect(followedTarget(target, [leader(0, n1), leader(end + 1, n2)], end)).toEqual(target);
    expect(followedTarget(target, [leader(0, n1), leader(5, null), leader(7, n3)], end).changedAt).toBe(7);
  });

  it("knows that a follower which leads is no follower", () => {
    const target = { role: "followers", nodes: [n2, n3] } as const;
    expect(followedTarget(target, [leader(0, n1)], end)).toEqual(target);
    expect(followedTarget(target, [leader(0, n1), leader(4, n3)], end).changedAt).toBe(4);
  });
});
