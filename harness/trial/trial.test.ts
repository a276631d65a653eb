import { describe, expect, it } from "vitest";
import type { Adapter } from "../../adapters/adapter.ts";
import type { ClientWith } from "../../adapters/client/client.ts";
import type { MemoryBug } from "../../adapters/memory/bugs.ts";
import { encodeEvent } from "../../core/codec/history-codec.ts";
import type { Consistency } from "../../core/consistency.ts";
import { nodeId } from "../../core/op.ts";
import type { Run } from "../../core/run.ts";
import type { Verdict } from "../../core/verdict.ts";
import { localClients } from "../load/local-clients.ts";
import { TestTrial } from "../testing/trial.ts";
import type { TrialSpec } from "./spec.ts";

const nemeses = ["partition", "kill", "pause"];
/** Shorter than the default trial, as long as three faults take. */
const short = {
  load: { kind: "open", rate: 100, processes: 6, seconds: 16 },
  faultSeconds: { min: 2, max: 3 },
  gapSeconds: { min: 1, max: 2 },
} as const;

const verdictOf = (run: Run, checker: string): Verdict | undefined =>
  run.verdicts.find((verdict) => verdict.checker === checker);

describe("a trial of a cluster that was there before it", () => {
  it("asks about keys that are nobody else's", async () => {
    const trial = new TestTrial({ spec: { load: { ...short.load, seconds: 2 } } });
    Object.assign(trial.deps.runtime, { outlivesRun: true });
    await trial.run();
    const keys = new Set(trial.events.flatMap((event) => ("key" in event ? [event.key] : [])));
    expect(keys.size).toBeGreaterThan(0);
    for (const key of keys) expect(key).toMatch(/^assay-\d{4}-\d\d-\d\dT\d{6}-r\d+$/);
  });
});

describe("the default trial of a right system", () => {
  const trial = new TestTrial({ nemeses });
  const done = trial.run();

  it("is valid by every checker", async () => {
    const run = await done;
    expect(run.verdicts.filter(({ kind }) => kind !== "valid")).toEqual([]);
    expect(run.verdict).toBe("valid");
    expect(run.ended).toBeUndefined();
  });

  it("records where the writes that were read stand, and sees that each took effect once", async () => {
    const run = await done;
    const reads = trial.events.filter(({ type, f }) => type === "ok" && f === "read");
    const found = reads.filter((read) => read.value !== null);
    expect(found.length).toBeGreaterThan(0);
    for (const read of found) expect(read).toHaveProperty("modRevision");
    expect(verdictOf(run, "single-effect")?.summary).toMatch(/all [\d,]+ observed writes took effect once/);
  });

  it("completes more than 5,000 operations within a minute of its clock", async () => {
    const run = await done;
    expect(run.operations.ok).toBeGreaterThan(5000);
    expect(run.seconds).toBeLessThan(60);
  });

  it("strikes with every nemesis, proven and healed before the quiet phase", async () => {
    const run = await done;
    expect(new Set(run.faults.map(({ name }) => name))).toEqual(new Set(nemeses));
    const quiet = trial.events.find((event) => event.f === "phase" && event.value === "quiet");
    for (const fault of run.faults) {
      expect(fault.proof).toBeDefined();
      expect(fault.to).toBeLessThanOrEqual(quiet?.time ?? 0);
    }
  });

  it("goes on asking for the leader after a fault that it outlived", async () => {
    const trial = new TestTrial({
      nemeses: ["pause-leader"],
      spec: { ...short, faultSeconds: { min: 0.2, max: 0.2 }, gapSeconds: { min: 1, max: 1 } },
    });
    const asked: number[] = [];
    trial.observe({
      leader: async ({ among } = {}) => {
        if (among === undefined) asked.push(trial.clock.now() / 1e9);
        return nodeId("n1");
      },
    });
    const run = await trial.run();
    const heals = run.faults.map(({ to }) => to / 1e9);
    expect(heals.length).toBeGreaterThan(2);
    const span = (from: number, to: number) => asked.filter((time) => time >= from && time < to).length;
    const begin = (asked[0] ?? 0) - 0.001;
    for (const heal of heals) {
      expect(span(begin + heal + 0.05, begin + heal + 0.85)).toBeLessThanOrEqual(5);
      expect(span(begin + heal + 0.05, begin + heal + 0.85)).toBeGreaterThanOrEqual(3);
    }
    expect(trial.events.filter((event) => event.f === "leader")).toHaveLength(1);
  });

  it("records since when a leader may have led, which is after it was seen otherwise", async () => {
    await done;
    const leaders = trial.events.flatMap((event) =>
      event.process === "nemesis" && event.f === "leader" ? [event] : [],
    );
    expect(leaders.length).toBeGreaterThan(2);
    expect(leaders[0]?.since).toBeUndefined();
    for (const [i, { time, since = Number.NaN }] of leaders.entries()) {
      if (i === 0) continue;
      expect(since).toBeGreaterThanOrEqual(i === 1 ? 0 : (leaders[i - 1]?.since ?? 0));
      expect(since).toBeLessThanOrEqual(time);
    }
  });

  it("records when clients are stopped: they ask nothing more between that and the final phase", async () => {
    await done;
    const phases = trial.events.flatMap((event) => (event.f === "phase" ? [event.value] : []));
    expect(phases).toEqual(["main", "quiet", "ending", "final"]);
    const [ending, final] = ["ending", "final"].map((phase) =>
      trial.events.findIndex((event) => event.f === "phase" && event.value === phase),
    );
    const meanwhile = trial.events.slice(ending, final);
    expect(meanwhile.filter(({ type }) => type === "invoke")).toEqual([]);
  });

  it("reads every key once more from every node in the end", async () => {
    await done;
    const final = trial.events.findIndex((event) => event.f === "phase" && event.value === "final");
    const keys = new Set(trial.events.flatMap((event) => ("key" in event ? [event.key] : [])));
    const read = new Set(
      trial.events
        .slice(final)
        .flatMap((event) => (event.type === "ok" ? [`${event.key} ${event.node}`] : [])),
    );
    expect(read.size).toBe(keys.size * 3);
  });

  it("keeps what it recorded as run.json and as a latency log", async () => {
    const run = await done;
    expect(trial.stored).toEqual(run);
    expect(trial.latencyLog).toContain("Tag=read-ok-response,");
  });

  it("leaves no node running", async () => {
    await done;
    expect(trial.system.nodes.map((node) => node.state())).toEqual(["killed", "killed", "killed"]);
  });

  it("reports its stages in order", async () => {
    await done;
    const stages = trial.progress.flatMap((event) => (event.type === "stage" ? [event.stage] : []));
    expect(stages).toEqual(["starting", "waiting", "main", "quiet", "final", "stopping", "checking"]);
  });

  it("reports several times a second how far it is, what is broken and who leads", async () => {
    await done;
    const ticks = trial.progress.flatMap((event) => (event.type === "tick" ? [event] : []));
    expect(ticks.length).toBeGreaterThan(100);
    expect(ticks.some(({ faults }) => faults.length > 0)).toBe(true);
    expect(ticks.some(({ leader }) => leader !== undefined)).toBe(true);
    const left = ticks.filter(({ stage }) => stage === "main").map(({ secondsLeft }) => secondsLeft);
    expect(left).toEqual([...left].sort((a, b) => b - a));
  });
});

describe("a seed", () => {
  const historyOf = async (seed: number) => {
    const trial = new TestTrial({ nemeses, spec: { ...short, seed } });
    await trial.run();
    return trial.events.map(encodeEvent).join("\n");
  };

  it("replays the same history, byte for byte", async () => {
    expect(await historyOf(7)).toBe(await historyOf(7));
  });

  it("is not like another", async () => {
    expect(await historyOf(7)).not.toBe(await historyOf(8));
  });
});

describe("a broken promise", () => {
  it.each<MemoryBug>(["stale-reads", "lost-writes", "double-apply", "false-failures"])(
    "is found: %s",
    async (bug) => {
      const trial = new TestTrial({ nemeses, spec: short, memory: { bugs: [bug] } });
      const run = await trial.run();
      expect(run.verdict).toBe("invalid");
      expect(verdictOf(run, "linearizable")?.kind).toBe("invalid");
      expect(verdictOf(run, "linearizable")?.anomalies[0]?.evidence?.operations.length).toBeGreaterThan(0);
    },
  );

  describe.each<Consistency>([
    "linearizable",
    "linearizable-known-limits",
    "sequential",
    "stale-monotonic",
    "stale",
  ])("of acknowledged writes is found where reads promise %s", (promise) => {
    const spec = { ...short, readMode: "local", workloadOptions: { "delete-percent": 10 } };
    const trialOf = (bugs: readonly MemoryBug[]) => {
      const trial = new TestTrial({ nemeses, spec, memory: { bugs } });
      // One session at a node never goes back, so what a copy answers keeps the three weaker promises.
      const local = promise.startsWith("linearizable") ? "linearizable" : "local";
      const { adapter } = trial.deps;
      const connect: Adapter["connect"] = async (endpoint, needs, options) => {
        const client = await adapter.connect(endpoint, needs, options);
        const { kv } = client as unknown as ClientWith<"kv">;
        return Object.assign(client, { kv: { ...kv, read: (key: string) => kv.read(key, local) } });
      };
      Object.assign(trial.deps, {
        adapter: { ...adapter, promises: { reads: { local: { consistency: promise } } }, connect },
      });
      return trial;
    };

    it.each<[MemoryBug, string]>([
      ["lost-writes", "lost-write"],
      ["reused-revisions", "reused-revision"],
    ])("%s", async (bug, kind) => {
      const run = await trialOf([bug]).run();
      expect(run.verdict).toBe("invalid");
      expect(verdictOf(run, "revisions")?.anomalies.map((anomaly) => anomaly.kind)).toContain(kind);
    });

    it("and nothing where there is none, keys that are deleted and created again included", async () => {
      const trial = trialOf([]);
      const run = await trial.run();
      expect(run.verdicts.filter(({ kind }) => kind === "invalid")).toEqual([]);
      const deletes = trial.events.filter(
        ({ type, f, value }) => type === "ok" && f === "delete" && value === true,
      );
      expect(deletes.length).toBeGreaterThan(20);
    });
  });

  it("is none where the read mode never promised it", async () => {
    const spec = { ...short, readMode: "local" };
    const run = await new TestTrial({ nemeses, spec }).run();
    expect(run.readMode.promises).toBe("stale");
    expect(run.verdict).toBe("valid");
  });
});

describe("a run that proves nothing", () => {
  it("is unknown where too few operations succeeded", async () => {
    const spec = { load: { kind: "open", rate: 4, processes: 3, seconds: 3 } } as const;
    const run = await new TestTrial({ spec }).run();
    expect(verdictOf(run, "enough-operations")?.kind).toBe("unknown");
    expect(run.verdict).toBe("unknown");
  });

  it("is unknown where nothing shows that a fault took effect", async () => {
    const trial = new TestTrial({ nemeses: ["partition"], spec: short });
    trial.system.network.proof = async () => undefined;
    const run = await trial.run();
    expect(verdictOf(run, "faults-took-effect")?.kind).toBe("unknown");
  });

  it("is unknown where a nemesis found nothing to strike", async () => {
    const trial = new TestTrial({ nemeses: ["kill", "partition-leader"], spec: short });
    trial.observe({ leader: async () => undefined });
    const run = await trial.run();
    expect(verdictOf(run, "faults-injected")).toMatchObject({
      kind: "unknown",
      summary: "the nemesis partition-leader was never injected",
    });
  });

  it("is unknown where a node does not come back after the faults", async () => {
    const trial = new TestTrial({ nemeses: ["kill"], spec: { ...short, recoverySeconds: 2 } });
    const isReady = trial.system.isReady.bind(trial.system);
    let struck = false;
    trial.observe({
      ready: async (node) => {
        struck ||= trial.events.some((event) => event.f === "fault");
        return isReady(node) && !(struck && node === "n2");
      },
    });
    const run = await trial.run();
    expect(verdictOf(run, "recovery")).toMatchObject({
      kind: "unknown",
      summary: "n2 did not become ready again after every fault was healed",
    });
  });
});

describe("a closed load", () => {
  const load = { kind: "closed", processes: 9, seconds: 5 } as const;

  it("obeys Little's law under faults, errors included", async () => {
    const run = await new TestTrial({
      nemeses: ["kill-one"],
      spec: { ...short, load },
      memory: { latencyMs: { min: 2, max: 6 } },
    }).run();
    const verdict = verdictOf(run, "load");
    expect(verdict?.kind).toBe("valid");
    expect(verdict?.figures?.["mean concurrency"]).toBeGreaterThan(9 * 0.97);
    expect(verdict?.figures?.["mean concurrency"]).toBeLessThan(9.01);
    expect(run.operations.fail).toBeGreaterThan(0);
    expect(run.client.sendLagMsP99).toBe(0);
  });
});

describe("the load generator's own limits", () => {
  it("label a capacity that is that of the clients alone, which is measured for a closed loop only", async () => {
    // In virtual time the memory system stands in for the null server, so the clients reach all that they can.
    const closed: string[] = [];
    const nullServer = async () => ({ port: 1, close: async () => void closed.push("null server") });
    const load = { kind: "closed", processes: 9, seconds: 5 } as const;
    const { client } = await new TestTrial({ spec: { ...short, load }, deps: { nullServer } }).run();
    expect(client.ceiling).toBeGreaterThan(100);
    expect(client.limited).toMatch(/and the clients alone reached \d+\/s/);
    expect(closed).toEqual(["null server"]);
    const open = await new TestTrial({ spec: short, deps: { nullServer } }).run();
    expect(open.client).not.toHaveProperty("ceiling");
    expect(closed).toHaveLength(1);
  });

  it("label the run where its event loop was busy", async () => {
    const probe = { start() {}, stop: () => ({ eventLoopUtilization: 0.9, gcMs: 12, cpuShare: 0.9 }) };
    const run = await new TestTrial({ spec: short, deps: { clients: localClients(probe) } }).run();
    expect(run.client).toMatchObject({
      eventLoopUtilization: 0.9,
      gcMs: 12,
      limited: "the load generator's event loop was 90% busy",
    });
  });

  it("label a run that they sent late, but not a sweep, whose steps are judged one by one", async () => {
    const run = async (load: TrialSpec["load"]) => {
      const trial = new TestTrial({ spec: { ...short, load } });
      const { clients } = trial.deps;
      const make: typeof clients.make = (context) => {
        const made = clients.make(context);
        const stop = made.stop.bind(made);
        return Object.assign(made, {
          stop: async () => {
            const figures = await stop();
            return { ...figures, workers: figures.workers.map((one) => ({ ...one, sendLagMsP99: 1000 })) };
          },
        });
      };
      Object.assign(trial.deps, { clients: { ...clients, make } });
      return (await trial.run()).client;
    };
    const level = { kind: "open", rate: 200, processes: 60, seconds: 6 } as const;
    const parts = [100, 200, 300].map((rate) => ({ from: rate, to: rate }));
    expect((await run(level)).limited).toMatch(/^the load generator sent operations 1000.0 ms late/);
    expect(await run({ ...level, parts })).toMatchObject({ sendLagMsP99: 1000 });
    expect((await run({ ...level, parts })).limited).toBeUndefined();
  });

  it("label no run that they did not spoil", async () => {
    const run = await new TestTrial({ spec: short }).run();
    expect(run.client.limited).toBeUndefined();
  });
});

describe("the clients of an open load", () => {
  it("are connected before it begins, as many as its rate keeps busy", async () => {
    const trial = new TestTrial({
      spec: { ...short, load: { kind: "open", rate: 600, processes: 100, seconds: 2 }, openedProcesses: 12 },
    });
    const { clients } = trial.deps;
    const opened: number[] = [];
    const make: typeof clients.make = (context) => {
      if (context.phase === "main") opened.push(context.opened);
      return clients.make(context);
    };
    Object.assign(trial.deps, { clients: { ...clients, make } });
    await trial.run();
    expect(opened).toEqual([30]);
  });
});

describe("an open load whose rate changes", () => {
  const load = {
    kind: "open",
    rate: 150,
    parts: [
      { from: 50, to: 50 },
      { from: 50, to: 450 },
    ],
    processes: 60,
    seconds: 6,
  } as const;

  it("sends what was requested, one worker or with random arrivals, and says so", async () => {
    const run = await new TestTrial({ spec: { ...short, load } }).run();
    const verdict = verdictOf(run, "load");
    expect(run.load).toEqual(load);
    expect(verdict?.summary).toMatch(
      /^50,50\.\.450 operations\/s requested \(\d+\.\d on average\), \d+\.\d sent$/,
    );
    const { "operations per second": sent = 0, "requested per second": requested = 0 } =
      verdict?.figures ?? {};
    expect(Math.abs(sent / requested - 1)).toBeLessThan(0.01);
    const poisson = { ...load, arrivals: "poisson" } as const;
    const random = verdictOf(await new TestTrial({ spec: { ...short, load: poisson } }).run(), "load");
    expect(random?.figures?.["requested per second"]).toBeCloseTo(requested, 0);
    expect(Math.abs((random?.figures?.["operations per second"] ?? 0) / requested - 1)).toBeLessThan(0.1);
  });
});
