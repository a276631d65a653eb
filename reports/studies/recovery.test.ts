import { describe, expect, it } from "vitest";
import type { FaultWindow } from "../../core/fault.ts";
import { nodeId, type Operation } from "../../core/op.ts";
import { millis, nanos, seconds } from "../../core/time.ts";
import { type RecoveryInput, recoveryOf, recoverySentence, recoveryWords } from "./recovery.ts";

const fault: FaultWindow = {
  id: 1,
  name: "pause-leader",
  summary: "pause leader n1",
  nodes: [nodeId("n1")],
  cut: [],
  from: nanos(seconds(10)),
  to: nanos(seconds(20)),
  proof: "stopped",
  led: nodeId("n1"),
};

/** A request every 10 ms for 50 s. `took`: milliseconds of the one due at a second; undefined: it timed out. */
const requests = (took: (second: number) => number | undefined): Operation[] =>
  Array.from({ length: 5000 }, (_, i) => {
    const ms = took(i / 100);
    const invokedAt = nanos(millis(i * 10));
    return {
      process: i,
      call: { f: "read", key: "k" },
      outcome:
        ms === undefined
          ? { type: "info", error: { code: "timeout", definite: false, message: "late" } }
          : { type: "ok", output: {} },
      invokedAt,
      completedAt: nanos(invokedAt + millis(ms ?? 1000)),
      callIndex: i,
      returnIndex: i,
    };
  });

const load = { kind: "open", rate: 100, processes: 9, seconds: 50 } as const;
const retried: RecoveryInput["run"] = { load: { ...load, retries: 3 }, options: {} };

const recovered = (took: (second: number) => number | undefined) =>
  recoveryOf({ run: retried, operations: requests(took), faults: [fault] });

describe("the recovery of a loaded cluster", () => {
  it("is the time from the end of the fault until what is requested succeeds in time for good", () => {
    const found = recovered((second) => (second >= 10 && second < 24 ? undefined : 2));
    // 5% of three seconds may still fail.
    expect(found?.recovered).toBeCloseTo(3.9, 1);
    expect(found).toMatchObject({ healthyP99: 2000, retries: 3, faultSeconds: 10 });
    expect(found && recoverySentence(found)).toBe(
      "The cluster recovered by itself 3.9 s after the end of the fault (pause leader n1, 10\u202fs).",
    );
    expect(found?.operationsPerRequest).toBeCloseTo(1, 2);
  });

  it("never came while answers are late, even if all come", () => {
    const found = recovered((second) => (second < 10 ? 2 : 20));
    expect(found?.recovered).toBe("never");
    expect(found && recoveryWords(found)).toBe("never (watched 29 s)");
    expect(found && recoverySentence(found)).toMatch(
      /^The cluster did not recover while it was watched, for 29 s /,
    );
  });

  it("is not asked of a load that the healthy cluster did not bear", () => {
    expect(recovered((second) => (Math.floor(second * 100) % 5 === 0 ? undefined : 2))?.recovered).toBe(
      "overloaded",
    );
    const found = recovered((second) => 2 + second ** 3);
    expect(found?.recovered).toBe("overloaded");
    expect(found && recoverySentence(found)).toContain("too much even before the fault");
  });

  it("counts a refused compare-and-set as an answer, whichever way the system refuses", () => {
    for (const code of ["mismatch", "conflict"] as const) {
      const operations = requests((second) => (second >= 10 && second < 24 ? undefined : 2)).map((one, i) =>
        i % 5 === 0 && one.outcome.type === "ok"
          ? { ...one, outcome: { type: "fail" as const, error: { code, definite: true, message: code } } }
          : one,
      );
      expect(recoveryOf({ run: retried, operations, faults: [fault] })?.recovered).toBeCloseTo(3.9, 1);
    }
  });

  it("is not measured of a run with other faults, or with one that nothing proves", () => {
    const { proof: _, ...unproven } = fault;
    const of = (faults: readonly FaultWindow[]) =>
      recoveryOf({ run: retried, operations: requests(() => 2), faults });
    expect(of([fault])?.recovered).toBe(0);
    for (const faults of [[], [fault, fault], [unproven]]) expect(of(faults)).toBeUndefined();
  });

  it("is only of a run with retries or at a share of its knee, unless it was asked for", () => {
    const of = (run: Partial<RecoveryInput["run"]>) =>
      recoveryOf({ run: { load, options: {}, ...run }, operations: requests(() => 2), faults: [fault] });
    const calibration = { askedRate: 100, reachedRate: 400, shares: "50%" };
    expect(of({})).toBeUndefined();
    expect(of({ calibration })).toBeUndefined();
    expect(of({ calibration: { ...calibration, kneeRate: 200 } })).toMatchObject({
      share: "50%",
      kneeRate: 200,
    });
    expect(of({ options: { study: ["recovery"] } })).toMatchObject({ recovered: 0, retries: 0 });
  });
});
