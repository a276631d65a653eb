import { describe, expect, it } from "vitest";
import type { FaultWindow } from "../../core/fault.ts";
import { nodeId, type Operation } from "../../core/op.ts";
import { millis, nanos, seconds } from "../../core/time.ts";
import { recoveryOf, recoveryWords } from "./recovery.ts";

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

const recovered = (took: (second: number) => number | undefined) =>
  recoveryOf({ load: { kind: "open", rate: 100, processes: 9, seconds: 50, retries: 3 } }, requests(took), [
    fault,
  ]);

describe("the recovery of a loaded cluster", () => {
  it("is the time from the end of the fault until what is requested succeeds in time for good", () => {
    const found = recovered((second) => (second >= 10 && second < 24 ? undefined : 2));
    // 5% of three seconds may still fail.
    expect(found?.recovered).toBeCloseTo(3.9, 1);
    expect(found).toMatchObject({ healthyP99: 2000, retries: 3 });
    expect(found?.operationsPerRequest).toBeCloseTo(1, 2);
  });

  it("never came while answers are late, even if all come", () => {
    const found = recovered((second) => (second < 10 ? 2 : 20));
    expect(found?.recovered).toBe("never");
    expect(found && recoveryWords(found)).toBe("never (watched 29 s)");
  });

  it("is not asked of a load that the healthy cluster did not bear", () => {
    expect(recovered((second) => (Math.floor(second * 100) % 5 === 0 ? undefined : 2))?.recovered).toBe(
      "overloaded",
    );
    expect(recovered((second) => 2 + second ** 3)?.recovered).toBe("overloaded");
  });

  it("is not measured of a run with other faults, or without retries and a knee", () => {
    const load = { kind: "open", rate: 100, processes: 9, seconds: 50 } as const;
    const all = requests(() => 2);
    expect(recoveryOf({ load }, all, [fault])).toBeUndefined();
    expect(recoveryOf({ load: { ...load, retries: 1 } }, all, [fault, fault])).toBeUndefined();
  });
});
