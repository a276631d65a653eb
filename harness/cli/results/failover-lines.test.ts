import { describe, expect, it } from "vitest";
import { type Failover, failoverMeasures } from "../../../reports/data/failover.ts";
import { failoverLines, failoverResults } from "./failover-lines.ts";

const never = Number.POSITIVE_INFINITY;

function struck(strikes: number, unwritable: (i: number) => number): Failover {
  const samples = Object.fromEntries(
    failoverMeasures.map((measure) => [measure, Array.from({ length: strikes }, () => 0.5)]),
  ) as Record<(typeof failoverMeasures)[number], number[]>;
  return {
    name: "kill-leader",
    strikes,
    unproven: 1,
    samples: { ...samples, unwritable: Array.from({ length: strikes }, (_, i) => unwritable(i)) },
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
    expect(often?.unwritable).toEqual({ median: null, low: null, high: null });
    expect(often?.detected).toEqual({ median: 0.5, low: 0.5, high: 0.5 });
    expect(failoverLines({ failovers: [struck(30, () => never)] })).toContain("never (never to never)");
  });
});
