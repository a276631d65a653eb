import { describe, expect, it } from "vitest";
import { growthOf } from "./preload.ts";

/** A node that uses this before and after, then nothing that is known. */
const node = (...used: (readonly [memoryBytes: number, diskBytes: number])[]) => ({
  usage: async () => {
    const [memoryBytes, diskBytes] = used.shift() ?? [];
    if (memoryBytes === undefined || diskBytes === undefined) return undefined;
    return { cpuSeconds: 1, memoryBytes, diskBytes };
  },
});
const write = (key: string) => ({ f: "write", key, value: 1 });
const preloads = [{ calls: [write("a"), write("b"), write("a")] }, { calls: [write("c")] }];

describe("growthOf()", () => {
  it("sums what all nodes grew by while distinct keys were put in place", async () => {
    const order: string[] = [];
    const nodes = [node([100, 10], [400, 10]), node([50, 20], [40, 90])];
    const growth = await growthOf(nodes, preloads, async () => {
      order.push("put");
    });
    expect(growth).toEqual({ keys: 3, memoryBytes: 290, diskBytes: 70 });
    expect(order).toEqual(["put"]);
  });

  it("is not known if the use of one node is not", async () => {
    expect(await growthOf([node([1, 1], [2, 2]), node([1, 1])], preloads, async () => {})).toBeUndefined();
  });

  it("rejects as what puts the keys in place does", async () => {
    const failing = () => Promise.reject(new Error("refused"));
    await expect(growthOf([node([1, 1], [2, 2])], preloads, failing)).rejects.toThrow("refused");
  });
});
