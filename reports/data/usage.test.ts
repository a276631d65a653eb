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

  it("counts bytes and fsyncs per second, since the last sample that says them, and nothing over a restart", () => {
    const at = (time: number, networkBytes: number, syncs?: number) => ({
      ...sample(time, "n1", time),
      writtenBytes: networkBytes * 10,
      networkBytes,
      ...(syncs !== undefined && { syncs }),
    });
    const { nodes } = usageOf([
      at(0, 100, 10),
      at(1, 300, 14),
      at(2, 300),
      at(3, 900, 22),
      at(4, 50, 2),
      at(6, 60, 3),
    ]);
    const [node] = nodes;
    expect([...(node?.writes ?? [])]).toEqual([Number.NaN, 2000, 0, 6000, Number.NaN, 50]);
    expect([...(node?.network ?? [])]).toEqual([Number.NaN, 200, 0, 600, Number.NaN, 5]);
    expect([...(node?.fsyncs ?? [])]).toEqual([Number.NaN, 4, Number.NaN, 4, Number.NaN, 0.5]);
    expect(node).toMatchObject({ writtenBytes: 8600, networkBytes: 860, syncs: 15 });
  });

  it("has no rates of what no sample says", () => {
    const [node] = usageOf([sample(0, "n1", 0), sample(1, "n1", 1)]).nodes;
    expect(node).toMatchObject({
      writes: new Float32Array(),
      network: new Float32Array(),
      fsyncs: new Float32Array(),
    });
  });

  it("sees a restart between two samples that it keeps", () => {
    // Of 1,201 samples every third is kept; one between two of these says that the counter began again.
    const samples = Array.from({ length: 1_201 }, (_, i) =>
      sample(i, "n1", i < 601 ? i : i === 601 ? 0 : 2 * i),
    );
    const [node] = usageOf(samples).nodes;
    const processors = [...(node?.processors ?? [])];
    expect(processors.filter(Number.isNaN)).toHaveLength(2);
    expect(processors[201]).toBeNaN();
    expect(processors[200]).toBe(1);
    expect(processors[202]).toBe(2);
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
