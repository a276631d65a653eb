import { describe, expect, it } from "vitest";
import { seconds } from "../../core/time.ts";
import { usageOf } from "./usage.ts";

const sample = (time: number, node: string, cpuSeconds: number) => ({
  time: seconds(time),
  node,
  cpuSeconds,
  memoryBytes: 1,
  diskBytes: 2,
});

describe("usageOf()", () => {
  it("counts processors in use from one sample to the next, and nothing over a restart", () => {
    const { nodes } = usageOf([
      sample(0, "n1", 1),
      sample(2, "n1", 2),
      sample(3, "n1", 0.25),
      sample(4, "n1", 0.75),
    ]);
    expect([...(nodes[0]?.processors ?? [])]).toEqual([Number.NaN, 0.5, Number.NaN, 0.5]);
    expect(nodes[0]?.cpuSeconds).toBe(1.75);
  });

  it("puts nodes in order of their numbers", () => {
    const { nodes } = usageOf([sample(0, "n10", 0), sample(0, "n2", 0)]);
    expect(nodes.map(({ node }) => node)).toEqual(["n2", "n10"]);
  });

  it("keeps at most 600 samples of a node, over all of its time", () => {
    const { nodes } = usageOf(Array.from({ length: 5_000 }, (_, i) => sample(i, "n1", i)));
    expect(nodes[0]?.at.length).toBeLessThanOrEqual(600);
    expect(nodes[0]?.at.at(-1)).toBeGreaterThan(4_980);
    expect(nodes[0]?.cpuSeconds).toBe(4_999);
  });
});
