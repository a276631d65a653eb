import { describe, expect, it } from "vitest";
import type { Run } from "../../core/run.ts";
import type { Verdict } from "../../core/verdict.ts";
import { localClients } from "../load/local-clients.ts";
import { TestTrial } from "../testing/trial.ts";
import type { TrialSpec } from "./spec.ts";

/** Shorter than the default trial, as long as three faults take. */
const short = {
  load: { kind: "open", rate: 100, processes: 6, seconds: 16 },
  faultSeconds: { min: 2, max: 3 },
  gapSeconds: { min: 1, max: 2 },
} as const;

const verdictOf = (run: Run, checker: string): Verdict | undefined =>
  run.verdicts.find((verdict) => verdict.checker === checker);

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
    const memory = { latencyMs: { min: 5, max: 10 } };
    const { client } = await new TestTrial({ spec: { ...short, load }, memory, deps: { nullServer } }).run();
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
