import { describe, expect, it } from "vitest";
import type { Load } from "../../core/run.ts";
import { nanos } from "../../core/time.ts";
import { operation } from "../testing/operations.ts";
import { sweepOf } from "./sweep.ts";

const level = (...rates: number[]) => rates.map((rate) => ({ from: rate, to: rate }));

const load = (...rates: number[]): Load => ({
  kind: "open",
  rate: 100,
  parts: level(...rates),
  processes: 100,
  seconds: rates.length * 10,
});

interface Behaviour {
  /** Milliseconds; every 20th operation takes ten times as long. */
  readonly takes: number;
  /** Share of the operations that fail. */
  readonly fails?: number;
  /** How long after it was due every 20th operation is sent, in milliseconds. */
  readonly late?: number;
}

/** Operations at evenly spaced times: 10 s at each rate, answered as the behaviour at that rate says. */
function swept(
  steps: readonly (readonly [rate: number, behaviour: Behaviour])[],
  unsent: [second: number, count: number][] = [],
) {
  const operations = steps.flatMap(([rate, { takes, fails = 0, late = 0 }], step) =>
    Array.from({ length: rate * 10 }, (_, i) => {
      const from = step * 10_000 + (i * 1000) / rate;
      const isFailure = Math.floor((i + 1) * fails) > Math.floor(i * fails);
      return operation({
        f: "write",
        from: i % 20 === 0 ? from + late : from,
        intended: from,
        to: from + (i % 20 === 0 ? takes * 10 : takes),
        ...(isFailure && { outcome: "fail" as const }),
      });
    }),
  );
  const spans = unsent.map(([second, count]) => ({ node: "n1", at: nanos(second * 1e9), count }));
  return sweepOf(load(...steps.map(([rate]) => rate)), operations, spans, nanos(steps.length * 10e9));
}

describe("a sweep", () => {
  it("has throughput and latency of each rate", () => {
    const { steps = [] } =
      swept([
        [50, { takes: 2 }],
        [100, { takes: 3 }],
        [200, { takes: 4 }],
      ]) ?? {};
    expect(steps.map(({ okPerSecond }) => Math.round(okPerSecond))).toEqual([50, 100, 200]);
    expect(steps.map(({ p50 }) => Math.round(p50 / 1e3))).toEqual([2, 3, 4]);
    expect(steps.map(({ p99 }) => Math.round(p99 / 1e3))).toEqual([20, 30, 40]);
    expect(steps.every(({ done, errors }) => done === 1 && errors === 0)).toBe(true);
  });

  it("says at which rates the load generator was late by more than a tenth of the p99", () => {
    const { steps = [] } =
      swept([
        [50, { takes: 2, late: 1.9 }],
        [100, { takes: 2, late: 2.1 }],
        [200, { takes: 2 }],
      ]) ?? {};
    expect(steps.map(({ isClientLimited }) => isClientLimited)).toEqual([false, true, false]);
  });

  it("has its knee at the highest rate below which all are borne", () => {
    const fast = { takes: 2 };
    expect(
      swept([
        [50, fast],
        [100, fast],
        [200, fast],
      ])?.knee?.rate,
    ).toBe(200);
    expect(
      swept([
        [50, fast],
        [100, { takes: 11 }],
        [200, fast],
      ]),
    ).toMatchObject({
      knee: { rate: 50 },
      steps: [{ rate: 50 }, { beyond: "slow" }, { rate: 200 }],
    });
    expect(
      swept([
        [50, fast],
        [100, { takes: 9 }],
        [200, { ...fast, fails: 0.002 }],
      ]),
    ).toMatchObject({
      knee: { rate: 100 },
      steps: [{}, {}, { beyond: "errors" }],
    });
  });

  it.each(["mismatch", "conflict", "not-found", "exists"] as const)(
    "takes %s for an answer: it is neither an error nor undone",
    (code) => {
      const operations = Array.from({ length: 3500 }, (_, i) => {
        const from = i < 500 ? i * 20 : i < 1500 ? i * 10 + 5000 : i * 5 + 12_500;
        const plain = operation({ f: "cas", from, intended: from, to: from + 2 });
        const error = { code, definite: true, message: code };
        return i % 2 === 0 ? plain : { ...plain, outcome: { type: "fail" as const, error } };
      });
      const sweep = sweepOf(load(50, 100, 200), operations, [], nanos(30e9));
      expect(sweep?.steps.map(({ errors, done }) => [errors, done])).toEqual([
        [0, 1],
        [0, 1],
        [0, 1],
      ]);
      expect(sweep?.knee?.rate).toBe(200);
    },
  );

  it("counts what was never sent against its rate", () => {
    const fast = { takes: 2 };
    const sweep = swept(
      [
        [50, fast],
        [100, fast],
        [200, fast],
      ],
      [[25, 50]],
    );
    expect(sweep).toMatchObject({ knee: { rate: 100 }, steps: [{}, {}, { beyond: "not done" }] });
    expect(sweep?.steps[2]?.done).toBeCloseTo(1600 / 1650);
  });

  it("has no knee if the lowest rate is too much", () => {
    const bad = { takes: 2, fails: 0.5 };
    expect(
      swept([
        [50, bad],
        [100, bad],
        [200, bad],
      ]),
    ).not.toHaveProperty("knee");
  });

  it("is none of a constant rate, a ramp, two steps, or steps that fall", () => {
    const of = (given: Load) => sweepOf(given, [], [], nanos(1));
    expect(of({ kind: "open", rate: 5, processes: 1, seconds: 9 })).toBeUndefined();
    expect(of({ kind: "closed", processes: 1, seconds: 9 })).toBeUndefined();
    expect(of(load(1, 2))).toBeUndefined();
    expect(of(load(3, 2, 4))).toBeUndefined();
    expect(
      of({ ...(load(1, 2, 3) as Load & { kind: "open" }), parts: [...level(1, 2), { from: 2, to: 9 }] }),
    ).toBeUndefined();
  });
});
