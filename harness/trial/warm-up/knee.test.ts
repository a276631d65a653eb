import { describe, expect, it } from "vitest";
import { sleep } from "../../../core/clock.ts";
import { ClientError } from "../../../core/errors.ts";
import type { NodeId } from "../../../core/op.ts";
import { millis } from "../../../core/time.ts";
import { get } from "../../../workloads/get.ts";
import { register } from "../../../workloads/register.ts";
import { type ClientProbe, noProbe } from "../../load/client-probe.ts";
import { localClients } from "../../load/local-clients.ts";
import type { Recorder } from "../../record/recorder.ts";
import { withBystanders } from "../../testing/bystanders.ts";
import { TestTrial } from "../../testing/trial.ts";
import type { TrialSpec } from "../spec.ts";

/** A trial at half of the knee. Its clients are few, and its nodes slow, so that the knee is low. */
function measured(spec: Partial<TrialSpec>, latencyMs = 25) {
  const trial = new TestTrial({
    spec: {
      load: { kind: "open", rate: 50, processes: 30, seconds: 5 },
      warmUpSeconds: 2,
      shares: "50%",
      knee: "measured",
      ...spec,
    },
    memory: { latencyMs: { min: latencyMs, max: latencyMs } },
  });
  const warmedAt: (readonly NodeId[] | undefined)[] = [];
  const { clients } = trial.deps;
  Object.assign(trial.deps, {
    clients: {
      ...clients,
      make: (context: Parameters<typeof clients.make>[0]) => {
        if (context.phase === "warm-up") warmedAt.push(context.targets);
        return clients.make(context);
      },
    },
  });
  return { trial, warmedAt };
}

/** Makes the cluster refuse what exceeds a rate, and one operation in `every`. A refusal takes a millisecond. */
function admitting(
  perSecond: number,
  { deps: { adapter, clock } }: TestTrial,
  every = Number.POSITIVE_INFINITY,
): void {
  const { connect } = adapter;
  const admitted = { in: 0, count: 0, all: 0 };
  const admit = async () => {
    const tenth = Math.floor(clock.now() / 1e8);
    if (tenth !== admitted.in) Object.assign(admitted, { in: tenth, count: 0 });
    if (++admitted.count <= perSecond / 10 && ++admitted.all % every !== 0) return;
    // Without the millisecond, closed loops would ask again in the same moment, without end.
    await sleep(clock, millis(1));
    throw new ClientError("overloaded", "too many requests");
  };
  Object.assign(adapter, {
    connect: async (...given: Parameters<typeof connect>) => {
      const client = await connect(...given);
      const { kv } = client;
      const read: typeof kv.read = async (...ask) => {
        await admit();
        return await kv.read(...ask);
      };
      const write: typeof kv.write = async (...ask) => {
        await admit();
        return await kv.write(...ask);
      };
      const cas: typeof kv.cas = async (...ask) => {
        await admit();
        return await kv.cas(...ask);
      };
      return Object.assign(client, { kv: { read, write, cas } });
    },
  });
}

describe("the knee", () => {
  it("is measured by open loops, and rates in percent are shares of it", async () => {
    const { trial, warmedAt } = measured({});
    const { calibration, load } = await trial.run();
    const { kneeRate = 0, reachedRate = 0 } = calibration ?? {};
    expect(warmedAt.length).toBeGreaterThan(3);
    expect(kneeRate).toBeGreaterThan(reachedRate / 2);
    expect(kneeRate).toBeLessThan(reachedRate * 2);
    expect(load).toMatchObject({ rate: Math.round(kneeRate / 2) });
  });

  it("may lie far above what a few clients reach in a closed loop", async () => {
    const { trial } = measured({ load: { kind: "open", rate: 50, processes: 200, seconds: 5 } });
    const { calibration } = await trial.run();
    const { kneeRate = 0, reachedRate = 0 } = calibration ?? {};
    expect(kneeRate).toBeGreaterThan(reachedRate * 3);
  });

  it("is measured at the nodes that the load is for", async () => {
    const { trial, warmedAt } = measured({ target: "leader" });
    const { target } = await trial.run();
    expect(target?.nodes).toHaveLength(1);
    expect(warmedAt.length).toBeGreaterThan(3);
    for (const nodes of warmedAt) expect(nodes).toEqual(target?.nodes);
  });

  it("is no rate at which the cluster refuses what is too much, however quickly it answers", async () => {
    const { trial } = measured({ load: { kind: "open", rate: 50, processes: 100, seconds: 5 } }, 1);
    admitting(200, trial);
    const { calibration } = await trial.run();
    expect(calibration?.reachedRate).toBeGreaterThan(150);
    expect(calibration?.kneeRate).toBeGreaterThan(100);
    expect(calibration?.kneeRate).toBeLessThan(220);
  });

  it("is not there if the cluster refuses much of even the lowest rate", async () => {
    const { trial } = measured({ load: { kind: "open", rate: 50, processes: 100, seconds: 5 } }, 1);
    admitting(200, trial, 3);
    await expect(trial.run()).rejects.toThrow(/^no knee: .* of the answers were errors: give --knee N$/);
  });

  it("is measured on records that are there, if the load finds some", async () => {
    const { trial } = measured({ workloadOptions: { keys: 40 } }, 5);
    Object.assign(trial.deps, { workload: get });
    const { connect } = trial.deps.adapter;
    const found = { there: 0, missing: 0 };
    Object.assign(trial.deps.adapter, {
      connect: async (...given: Parameters<typeof connect>) => {
        const client = await connect(...given);
        const { kv } = client;
        const read: typeof kv.read = async (key, ...ask) => {
          const result = await kv.read(key, ...ask);
          if (key.includes("knee-"))
            found[result.value === undefined || result.value === null ? "missing" : "there"]++;
          return result;
        };
        return Object.assign(client, { kv: { ...kv, read } });
      },
    });
    await trial.run();
    expect(found.there).toBeGreaterThan(100);
    expect(found.missing).toBe(0);
  });

  it("is said to be the load generator's, if that did not keep up where the knee was found", async () => {
    const { trial } = measured({});
    const busy: ClientProbe = { ...noProbe, stop: () => ({ ...noProbe.stop(), eventLoopUtilization: 0.9 }) };
    const { make } = localClients(busy);
    Object.assign(trial.deps, { clients: { ...trial.deps.clients, make } });
    const { calibration } = await trial.run();
    expect(calibration?.kneeClientLimited).toBe(true);
    expect((await measured({}).trial.run()).calibration).not.toHaveProperty("kneeClientLimited");
  });

  it("that an earlier run found says so, too", async () => {
    const { calibration } = await measured({ knee: 90, kneeClientLimited: true }).trial.run();
    expect(calibration).toMatchObject({ kneeRate: 90, kneeClientLimited: true });
  });

  it("counts what the load does, and nothing that others do at their own pace", async () => {
    const { trial } = measured({});
    Object.assign(trial.deps, { workload: withBystanders(register, 8) });
    const recorders = new Set<Recorder>();
    const { clients } = trial.deps;
    const make = (context: Parameters<typeof clients.make>[0]) => {
      if (context.phase === "warm-up" && context.records !== undefined)
        recorders.add(context.records.recorder);
      return clients.make(context);
    };
    Object.assign(trial.deps, { clients: { ...clients, make } });
    await trial.run();
    // A try at the lowest rate asks less than 40 times; in its 2.5 s the bystanders ask more than 100 times.
    const fewest = Math.min(...[...recorders].map(({ counts: { ok, fail, info } }) => ok + fail + info));
    expect(recorders.size).toBeGreaterThan(3);
    expect(fewest).toBeLessThan(60);
  });

  it("is what the user gave, without a try", async () => {
    const { trial, warmedAt } = measured({ knee: 90 });
    const { calibration, load } = await trial.run();
    expect(calibration?.kneeRate).toBe(90);
    expect(load).toMatchObject({ rate: 45 });
    expect(warmedAt).toHaveLength(1);
  });
});
