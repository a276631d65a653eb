import { describe, expect, it } from "vitest";
import { nanos } from "../../core/time.ts";
import { costOf } from "./cost.ts";

const sample = (
  node: string,
  second: number,
  cpuSeconds: number,
  memoryBytes: number,
  diskBytes: number,
) => ({
  time: nanos(second * 1e9),
  node,
  cpuSeconds,
  memoryBytes,
  diskBytes,
});

describe("costOf()", () => {
  const samples = [
    sample("n1", 1, 2, 100, 1_000),
    sample("n1", 2, 3, 300, 3_000),
    sample("n1", 3, 5, 200, 5_000),
    sample("n2", 1, 1, 50, 1_000),
    sample("n2", 2, 2, 60, 2_000),
  ];

  it("sums the nodes, per 1,000 operations that succeeded", () => {
    expect(costOf(samples, {}, 2_000)).toEqual({
      cpuMsPerThousand: 2_000,
      peakMemory: 360,
      disk: 7_000,
      diskPerThousand: 2_500,
      writtenPerThousand: Number.NaN,
      networkPerThousand: Number.NaN,
      syncsPerThousand: Number.NaN,
      memoryPerKey: Number.NaN,
      diskPerKey: Number.NaN,
    });
  });

  it("knows bytes of memory and disk for each key from 1,000 keys that were put in place", () => {
    const grown = (keys: number) => ({ growth: { keys, memoryBytes: 3_000_000, diskBytes: -50_000 } });
    expect(costOf(samples, grown(1_000), 2_000)).toMatchObject({ memoryPerKey: 3_000, diskPerKey: -50 });
    expect(costOf(samples, grown(999), 2_000)).toMatchObject({
      memoryPerKey: Number.NaN,
      diskPerKey: Number.NaN,
    });
  });

  it("knows what was written, the network and the fsyncs only if it knows those of all nodes", () => {
    const counted = (node: string, second: number, networkBytes: number, syncs: number) => ({
      ...sample(node, second, 1, 1, 1),
      writtenBytes: networkBytes * 2,
      networkBytes,
      syncs,
    });
    const all = [
      counted("n1", 1, 500, 7),
      counted("n1", 2, 2_500, 17),
      counted("n2", 1, 0, 0),
      counted("n2", 2, 1_000, 30),
    ];
    expect(costOf(all, {}, 2_000)).toMatchObject({
      writtenPerThousand: 3_000,
      networkPerThousand: 1_500,
      syncsPerThousand: 20,
    });
    const partly = costOf([...all, sample("n3", 1, 1, 1, 1)], {}, 2_000);
    expect(partly).toMatchObject({
      writtenPerThousand: Number.NaN,
      networkPerThousand: Number.NaN,
      syncsPerThousand: Number.NaN,
    });
  });

  it("counts a restarted node's processor time from zero again", () => {
    const restarted = [sample("n1", 1, 5, 1, 1), sample("n1", 2, 1, 1, 1), sample("n1", 3, 2, 1, 1)];
    expect(costOf(restarted, {}, 1_000)?.cpuMsPerThousand).toBe(2_000);
  });

  it("knows no cost per operation if none succeeded", () => {
    expect(costOf(samples, {}, 0)).toMatchObject({ cpuMsPerThousand: Number.NaN, peakMemory: 360 });
  });

  it("is unknown without samples", () => expect(costOf([], {}, 1_000)).toBeUndefined());
});
