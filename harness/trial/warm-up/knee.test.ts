import { describe, expect, it } from "vitest";
import type { NodeId } from "../../../core/op.ts";
import { TestTrial } from "../../testing/trial.ts";
import type { TrialSpec } from "../spec.ts";

/** A trial at half of the knee. Its clients are few, and its nodes slow, so that the knee is low. */
function measured(spec: Partial<TrialSpec>) {
  const trial = new TestTrial({
    spec: {
      load: { kind: "open", rate: 50, processes: 30, seconds: 5 },
      warmUpSeconds: 2,
      shares: "50%",
      knee: "measured",
      ...spec,
    },
    memory: { latencyMs: { min: 25, max: 25 } },
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

describe("the knee", () => {
  it("is measured by open loops, and rates in percent are shares of it", async () => {
    const { trial, warmedAt } = measured({});
    const { calibration, load } = await trial.run();
    const { kneeRate = 0, reachedRate = 0 } = calibration ?? {};
    expect(warmedAt.length).toBeGreaterThan(3);
    expect(kneeRate).toBeGreaterThan(reachedRate / 2);
    expect(kneeRate).toBeLessThan(reachedRate * 2);
    expect(load).toMatchObject({ rate: kneeRate / 2 });
  });

  it("is measured at the nodes that the load is for", async () => {
    const { trial, warmedAt } = measured({ target: "leader" });
    const { target } = await trial.run();
    expect(target?.nodes).toHaveLength(1);
    expect(warmedAt.length).toBeGreaterThan(3);
    for (const nodes of warmedAt) expect(nodes).toEqual(target?.nodes);
  });

  it("is what the user gave, without a try", async () => {
    const { trial, warmedAt } = measured({ knee: 90 });
    const { calibration, load } = await trial.run();
    expect(calibration?.kneeRate).toBe(90);
    expect(load).toMatchObject({ rate: 45 });
    expect(warmedAt).toHaveLength(1);
  });
});
