import { describe, expect, it } from "vitest";
import { isClientEvent } from "../../../core/history.ts";
import { seconds, toSeconds } from "../../../core/time.ts";
import { TestTrial } from "../../testing/trial.ts";
import type { Progress } from "../progress.ts";

const warm = (parts: {
  rate?: number;
  calibrate?: boolean;
  warmUpSeconds?: number;
  latencyMs?: { min: number; max: number };
}) => {
  const { rate = 500, calibrate = true, warmUpSeconds = 2, latencyMs = { min: 2, max: 2 } } = parts;
  return new TestTrial({
    spec: {
      load: { kind: "open", rate, processes: 60, seconds: 5 },
      warmUpSeconds,
      calibrate,
    },
    memory: { latencyMs },
  });
};

describe("a warm-up", () => {
  it("asks the cluster, and leaves no trace in the history", async () => {
    const trial = warm({});
    const run = await trial.run();
    expect(run.verdict).toBe("valid");
    expect(run.calibration?.reachedRate).toBeGreaterThan(1000);
    const events = trial.events.filter(isClientEvent);
    expect(events.some(({ key }) => key?.includes("warm-up"))).toBe(false);
    expect(events[0]?.time).toBe(0);
    expect(run.operations.ok + run.operations.fail + run.operations.info).toBeLessThan(5000);
  });

  /** Seconds that the warm-up of a trial takes, in which nodes answer in `factor` of the time with each quarter of a second until `warmAt`. */
  async function secondsOf(warmAt: number, warmUpSeconds: number, factor = 0.8): Promise<number> {
    const latencyMs = { min: 20, max: 20 };
    const trial = warm({ latencyMs, warmUpSeconds });
    const began: Record<string, number> = {};
    const faster = () => {
      if (toSeconds(trial.clock.now()) > (began["warming-up"] ?? 0) + warmAt) return;
      latencyMs.min = latencyMs.max *= factor;
      trial.clock.after(seconds(0.25), faster);
    };
    const onProgress = (progress: Progress) => {
      if (progress.type !== "stage") return;
      began[progress.stage] = toSeconds(trial.clock.now());
      if (progress.stage === "warming-up") faster();
    };
    Object.assign(trial.deps, { onProgress });
    await trial.run();
    return (began["main"] ?? 0) - (began["warming-up"] ?? 0);
  }

  it.each([
    [0, 3, 1],
    [0.3, 3, 1.25],
    [1.2, 3, 1.75],
    [9, 3, 3],
    [0, 0.4, 0.4],
  ])(
    "ends when the rate no longer grows: faster for %s s, at most %s s, ends after %s s",
    async (...given) => {
      const [warmAt, limit, expected] = given;
      const taken = await secondsOf(warmAt, limit);
      expect(taken).toBeGreaterThanOrEqual(expected);
      expect(taken).toBeLessThan(expected + 0.2);
    },
  );

  it("goes on while the rate drops: that of a stalled cluster says nothing", async () => {
    expect(await secondsOf(1.2, 3, 1.25)).toBeGreaterThanOrEqual(2);
  });

  it("lowers a rate that nobody asked for to half of what was reached", async () => {
    const run = await warm({ rate: 100_000 }).run();
    const reached = run.calibration?.reachedRate ?? 0;
    expect(run.calibration?.askedRate).toBe(100_000);
    expect(run.load).toMatchObject({ kind: "open", rate: Math.floor(reached / 2) });
    expect(run.command).toBe(`test --rate ${Math.floor(reached / 2)}`);
    expect(run.overloaded).toBe(false);
  });

  it("keeps a rate that the cluster bears, and names it in the command", async () => {
    const run = await warm({ rate: 50 }).run();
    expect(run.load).toMatchObject({ rate: 50 });
    expect(run.command).toBe("test --rate 50");
  });

  it("makes rates of the percents that were asked for", async () => {
    const parts = [10, 50].map((percent) => ({ from: percent, to: percent }));
    const trial = new TestTrial({
      spec: {
        load: { kind: "open", rate: 30, parts, processes: 60, seconds: 5 },
        warmUpSeconds: 2,
        shares: "10%,50%",
      },
      memory: { latencyMs: { min: 20, max: 20 } },
    });
    const run = await trial.run();
    const reached = run.calibration?.reachedRate ?? 0;
    expect(reached).toBeGreaterThan(150);
    const rates = [0.1, 0.5].map((share) => Math.round(reached * share));
    expect(run.load).toMatchObject({ parts: rates.map((rate) => ({ from: rate, to: rate })) });
    expect(run.calibration).toMatchObject({ shares: "10%,50%" });
    expect(run.operations.ok).toBeGreaterThan(reached * 1.2);
  });

  it("keeps a rate that the user chose, and the run says that it was too much", async () => {
    const run = await warm({ rate: 3000, calibrate: false, latencyMs: { min: 20, max: 20 } }).run();
    expect(run.load).toMatchObject({ rate: 3000 });
    expect(run.calibration).toBeUndefined();
    expect(run.command).toBe("test");
    expect(run.overloaded).toBe(true);
    expect(run.unsent?.length).toBeGreaterThan(0);
    const load = run.verdicts.find(({ checker }) => checker === "load");
    expect(load?.summary).toMatch(
      /^overloaded: 3000 operations\/s requested, .* sent; .* not sent: no client of their node was free$/,
    );
  });
});

describe("a load beyond what a run can hold", () => {
  it("is refused before anything is made", async () => {
    const trial = new TestTrial({
      spec: { load: { kind: "open", rate: 100_000, processes: 60, seconds: 86_400 } },
    });
    await expect(trial.run()).rejects.toThrow(
      "86400 s at this rate are 8,640,000,000 operations, and a run holds at most 10,000,000: give a lower --rate or --seconds",
    );
    expect(trial.events).toEqual([]);
  });
});
