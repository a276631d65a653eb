import { describe, expect, it } from "vitest";
import type { FaultWindow, LeaderSpan } from "../../core/fault.ts";
import { nodeId } from "../../core/op.ts";
import { type Nanos, nanos, seconds } from "../../core/time.ts";
import { type OperationDraft, operation } from "../testing/operations.ts";
import { runFigures } from "./run-figures.ts";

const ms = (time: number) => nanos(time * 1e6);
const [n1, n2] = ["n1", "n2"].map(nodeId);

/** A fault of n1, times in milliseconds. */
const fault = (from: number, to: number, more: Partial<FaultWindow> = {}): FaultWindow => ({
  id: from,
  name: "kill",
  summary: "kill n1",
  nodes: n1 === undefined ? [] : [n1],
  cut: [],
  from: ms(from),
  to: ms(to),
  ...more,
});

const leads = (node: typeof n1, from: number, to: number): LeaderSpan => ({
  ...(node !== undefined && { node }),
  from: ms(from),
  to: ms(to),
});

/** Answers within 5 ms, every 10 ms, reads and writes in turn; `drafts` replace what starts from 2 s until 3 s. */
function struck(
  drafts: readonly OperationDraft[],
  faults = [fault(2_000, 3_000)],
  leaders: LeaderSpan[] = [],
) {
  const steady = Array.from({ length: 600 }, (_, i) => i * 10)
    .filter((from) => from < 2_000 || from >= 3_000)
    .map((from, i) => operation({ f: i % 2 === 0 ? "read" : "write", from, to: from + 5 }));
  const operations = [...steady, ...drafts.map(operation)].sort((a, b) => a.invokedAt - b.invokedAt);
  return runFigures({ operations, faults, leaders, end: seconds(6) });
}

const healthyAgain = (drafts: readonly OperationDraft[]) => struck(drafts).faults[0]?.response.healthySeconds;

describe("the figures of a fault", () => {
  it("say nothing of a healthy p99 that rests on too few operations to be one", () => {
    const few = (count: number) => {
      const operations = Array.from({ length: count }, (_, i) =>
        operation({ f: "write", from: i * 10, to: i * 10 + 5 }),
      );
      const faults = [fault(count * 10 - 100, count * 10)];
      return runFigures({ operations, faults, leaders: [], end: seconds(60) }).faults[0]?.response;
    };
    expect(few(90)).not.toHaveProperty("healthySeconds");
    expect(few(400)).not.toHaveProperty("healthySeconds");
    expect([few(90), few(400)].map((response) => response?.isHealthyKnown)).toEqual([false, true]);
    expect(struck([]).faults[0]?.response.healthySeconds).toBeGreaterThanOrEqual(0);
  });

  it("count a refused compare-and-set as an answer, whichever way the system refuses", () => {
    const refused = (error: "mismatch" | "conflict") =>
      Array.from({ length: 100 }, (_, i) => {
        const from = 2_000 + i * 10;
        return i % 4 === 0
          ? { f: "cas", outcome: "fail" as const, error, from, to: from + 5 }
          : { f: "write", from, to: from + 5 };
      });
    for (const error of ["mismatch", "conflict"] as const) {
      const { response } = struck(refused(error)).faults[0] ?? {};
      expect(response?.failedWrites).toBe(0);
      expect(response?.healthySeconds).toBeLessThan(0.1);
    }
  });

  it("say what the node that was hit did, and when a leader was known again", () => {
    const leaders = [leads(n1, 0, 2_040), leads(undefined, 2_040, 2_410), leads(n2, 2_410, 6_000)];
    const [figures] = struck([], [fault(2_000, 3_000, n1 === undefined ? {} : { led: n1 })], leaders).faults;
    expect(figures?.roles).toEqual([{ node: "n1", role: "leader" }]);
    expect(figures?.leaderSeconds).toBeCloseTo(0.41);
    const follower = struck(
      [],
      [fault(2_000, 3_000, n2 === undefined ? {} : { led: n2 })],
      [leads(n2, 0, 6_000)],
    );
    expect(follower.faults[0]?.roles).toEqual([{ node: "n1", role: "follower" }]);
    expect(follower.faults[0]).not.toHaveProperty("leaderSeconds");
    expect(struck([]).faults[0]?.roles).toEqual([{ node: "n1", role: "unknown" }]);
  });

  it("count the first successful write and read from those that were sent after it began", () => {
    const [figures] = struck([
      { f: "write", from: 1_995, to: 2_300 },
      { f: "read", from: 2_020, to: 2_160 },
      { f: "write", from: 2_030, to: 2_900, outcome: "info" },
      { f: "write", from: 2_500, to: 2_720 },
    ]).faults;
    expect(figures?.firstReadSeconds).toBeCloseTo(0.16);
    expect(figures?.firstWriteSeconds).toBeCloseTo(0.72);
    expect(figures?.withoutWriteSeconds).toBeCloseTo(0.42);
    expect(figures?.withoutReadSeconds).toBeCloseTo(0.14);
    expect(figures?.response.unknownWrites).toBe(1);
  });

  it("count the writes that the fault struck while they were pending, but not those of the fault before", () => {
    const pending = { f: "write", outcome: "info" } as const;
    const only = (drafts: readonly OperationDraft[], faults?: FaultWindow[]) =>
      struck(drafts, faults).faults.map(({ response }) => [response.failedWrites, response.unknownWrites]);
    expect(only([{ ...pending, from: 1_990, to: 2_990 }])).toEqual([[0, 1]]);
    expect(only([{ ...pending, from: 1_990 }])).toEqual([[0, 1]]);
    expect(only([{ ...pending, from: 1_900, to: 1_999 }])).toEqual([[0, 0]]);
    expect(only([{ ...pending, outcome: "fail", from: 1_990, to: 2_100 }])).toEqual([[1, 0]]);
    const two = [fault(2_000, 2_400), fault(2_600, 3_000)];
    expect(only([{ ...pending, from: 2_390, to: 2_900 }], two)).toEqual([
      [0, 1],
      [0, 0],
    ]);
    expect(only([{ ...pending, from: 2_500, to: 2_900 }], two)).toEqual([
      [0, 0],
      [0, 1],
    ]);
  });

  it("count lost writes only where somebody looked for them", () => {
    const of = (lost?: { from: Nanos; to: Nanos }[]) =>
      runFigures({ operations: [], faults: [fault(2_000, 3_000)], leaders: [], lost, end: seconds(6) })
        .faults;
    expect(of([{ from: ms(2_500), to: ms(4_000) }])[0]?.lostWrites).toBe(1);
    expect(of([])[0]?.lostWrites).toBe(0);
    expect(of()[0]).not.toHaveProperty("lostWrites");
  });

  it("leave out what did not happen before the next fault", () => {
    const [first] = struck([], [fault(2_000, 2_400), fault(2_600, 3_000)]).faults;
    expect(first).not.toHaveProperty("firstWriteSeconds");
    expect(first?.response).not.toHaveProperty("healthySeconds");
  });

  it("compare latency and rates before, during and after it, by when operations were meant or sent", () => {
    const [figures] = struck([
      { f: "write", intended: 1_500, from: 2_500, to: 2_600 },
      { f: "write", from: 2_700, to: 2_710, outcome: "fail" },
    ]).faults;
    expect(figures?.response.before).toMatchObject({ ok: 201, p50: 5_000, seconds: 2 });
    expect(figures?.response.before.max).toBe(1_100_000);
    expect(figures?.response.during).toMatchObject({ ok: 0, fail: 1 });
    expect(figures?.response.after.okPerSecond).toBeCloseTo(100);
    expect(figures?.service?.before.ok).toBe(200);
    expect(figures?.service?.during).toMatchObject({ ok: 1, fail: 1, max: 100_000 });
    expect(figures?.response.failedWrites).toBe(1);
  });

  it("say when answers were as fast as without faults again: 20 in a row, but for one", () => {
    const f = (i: number) => (i % 2 === 0 ? "write" : "read");
    const slow = Array.from({ length: 30 }, (_, i) => ({
      f: f(i),
      from: 2_500 + i * 10,
      to: 2_700 + i * 10,
    }));
    const quick = Array.from({ length: 20 }, (_, i) => ({
      f: f(i),
      from: 2_800 + i * 10,
      to: 2_804 + i * 10,
    }));
    const { faults, response } = struck([...slow, ...quick]);
    expect(response.healthy.p99).toBe(5_000);
    expect(faults[0]?.response.healthySeconds).toBeCloseTo(0.8);
  });

  it("call nothing healthy again before an outage that began late in the fault", () => {
    const early = Array.from({ length: 50 }, (_, i) => ({
      f: "write",
      from: 2_000 + i * 10,
      to: 2_004 + i * 10,
    }));
    const late = { f: "write", from: 2_500, to: 2_900 };
    const after = Array.from({ length: 10 }, (_, i) => ({
      f: "write",
      from: 2_900 + i * 10,
      to: 2_904 + i * 10,
    }));
    expect(healthyAgain([...early, late, ...after])).toBeCloseTo(0.9);
    expect(healthyAgain([...early, { ...late, to: 2_590 }, ...after])).toBeCloseTo(0.01);
  });

  it("call nothing healthy again while reads succeed and no write does", () => {
    const reads = Array.from({ length: 100 }, (_, i) => ({
      f: "read",
      from: 2_000 + i * 10,
      to: 2_004 + i * 10,
    }));
    expect(healthyAgain(reads)).toBeCloseTo(1.02);
    expect(healthyAgain([...reads, { f: "write", from: 2_000, to: 2_500 }])).toBeCloseTo(0.5);
    const failed = { f: "write", outcome: "fail", from: 2_001, to: 2_003 } as const;
    const [first] = struck([...reads, failed], [fault(2_000, 2_400), fault(2_600, 3_000)]).faults;
    expect(first?.response).not.toHaveProperty("healthySeconds");
  });

  it("call a fault that nobody noticed healthy at once, after the first write", () => {
    const mixed = Array.from({ length: 100 }, (_, i) => ({
      f: i % 2 === 0 ? "write" : "read",
      from: 2_000 + i * 10,
      to: 2_004 + i * 10,
    }));
    expect(healthyAgain(mixed)).toBeCloseTo(0.01);
  });

  it("ask for no write where none was sent", () => {
    const reads = Array.from({ length: 300 }, (_, i) => operation({ from: i * 10, to: i * 10 + 4 }));
    const { faults } = runFigures({
      operations: reads,
      faults: [fault(2_000, 2_500)],
      leaders: [],
      end: seconds(3),
    });
    expect(faults[0]?.response.healthySeconds).toBe(0);
    expect(faults[0]?.withoutReadSeconds).toBeGreaterThan(0);
    expect(faults[0]).not.toHaveProperty("withoutWriteSeconds");
  });

  it("are made in time that does not grow with operations times faults", () => {
    const operations = Array.from({ length: 40_000 }, (_, i) => operation({ from: i, to: i + 0.5 }));
    let looks = 0;
    const counted = operations.map((one) => ({
      ...one,
      get outcome() {
        looks++;
        return one.outcome;
      },
    }));
    const faults = Array.from({ length: 400 }, (_, i) => fault(i * 100, i * 100 + 50));
    runFigures({ operations: counted, faults, leaders: [], end: seconds(40) });
    expect(looks).toBeLessThan(operations.length * 60);
  });
});

describe("latency by phase", () => {
  it("counts the 3 s after a fault neither as healthy nor as a fault", () => {
    const { response } = struck([{ from: 2_100, to: 2_900 }]);
    expect(response.fault).toMatchObject({ seconds: 1, ok: 1, p99: 800_000 });
    expect(response.recovery.ok).toBe(300);
    expect(response.healthy.ok).toBe(200);
    expect(response.all.ok).toBe(501);
  });

  it("counts overlapping faults once, and a run without faults as healthy", () => {
    const both = struck([{ from: 2_100, to: 2_900 }], [fault(2_000, 2_800), fault(2_400, 3_000)]);
    expect(both.response.fault).toMatchObject({ seconds: 1, ok: 1 });
    const none = struck([], []);
    expect(none.response.healthy.ok).toBe(500);
    expect(none.response.fault).toMatchObject({ seconds: 0, ok: 0 });
  });
});
