import { describe, expect, it } from "vitest";
import type { Adapter } from "../../adapters/adapter.ts";
import type { ClientWith } from "../../adapters/client/client.ts";
import type { MemoryBug } from "../../adapters/memory/bugs.ts";
import { encodeEvent } from "../../core/codec/history-codec.ts";
import type { Consistency } from "../../core/consistency.ts";
import { nodeId } from "../../core/op.ts";
import type { Run } from "../../core/run.ts";
import type { Verdict } from "../../core/verdict.ts";
import { TestTrial } from "../testing/trial.ts";

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
