import { describe, expect, it } from "vitest";
import { type Failover, failoverMeasures } from "../../../reports/data/failover.ts";
import type { HealedTime } from "../../../reports/data/heal.ts";
import { failoverLines, failoverResults } from "./failover-lines.ts";

const never = Number.POSITIVE_INFINITY;

/** `healed`: strikes, the last ones, that lasted until they were healed. */
function struck(strikes: number, unwritable: (i: number) => number, healed = 0): Failover {
  const times = (of: (i: number) => HealedTime) => Array.from({ length: strikes }, (_, i) => of(i));
  const samples = Object.fromEntries(
    failoverMeasures.map((measure) => [measure, times(() => ({ value: 0.5, untilHealed: false }))]),
  ) as Record<(typeof failoverMeasures)[number], HealedTime[]>;
  return {
    name: "kill-leader",
    strikes,
    unproven: 1,
    served: strikes - healed,
    samples: {
      ...samples,
      unwritable: times((i) => ({ value: unwritable(i), untilHealed: i >= strikes - healed })),
    },
  };
}

describe("the failovers of a run", () => {
  it("are printed as medians with their intervals, if there are enough strikes for one", () => {
    const lines = failoverLines({ failovers: [struck(30, (i) => 1 + i / 10)] });
    expect(lines).toContain("kill-leader");
    expect(lines).toContain("2.45 s (1.90 s to 3.00 s)");
    expect(failoverLines({ failovers: [struck(5, () => 1)] })).toBe("");
    expect(failoverLines({ failovers: [] })).toBe("");
  });

  it("say in JSON what never came, and what is not known, as null", () => {
    const [few, often] = failoverResults({ failovers: [struck(5, () => 1), struck(30, () => never)] });
    expect(few).toMatchObject({ strikes: 5, unproven: 1, unwritable: { median: 1, low: null, high: null } });
    expect(often?.unwritable).toEqual({ median: null, low: null, high: null, isLowerBound: false });
    expect(often?.detected).toEqual({ median: 0.5, low: 0.5, high: 0.5, isLowerBound: false });
    expect(failoverLines({ failovers: [struck(30, () => never)] })).toContain("never (never to never)");
  });

  it("say what is a lower bound, because it lasted until the fault was healed", () => {
    const all = { failovers: [struck(6, () => 5, 6)] };
    expect(failoverLines(all)).toContain("0 of 6");
    expect(failoverLines(all)).toContain("≥\u202f5.00 s (5.00 s to …)");
    expect(failoverLines(all)).toContain("until the fault was healed in enough of the strikes");
    expect(failoverResults(all)[0]).toMatchObject({
      strikes: 6,
      servedBeforeHeal: 0,
      unwritable: { median: 5, low: 5, high: null, isLowerBound: true },
      unreadable: { isLowerBound: false },
    });
    const none = failoverLines({ failovers: [struck(6, () => 5)] });
    expect(none).toContain("6 of 6");
    expect(none).not.toContain("≥");
  });
});
