import { describe, expect, it } from "vitest";
import { pack, unpack } from "./columns.ts";

describe("columns", () => {
  it("reads back what it packed, typed arrays as typed arrays", () => {
    const value = {
      at: Uint32Array.from([0, 1, 0xffffffff]),
      latency: Float32Array.from([1.5, Number.NaN, 2]),
      f: Uint8Array.from([]),
      node: Uint16Array.from([0xffff]),
      words: ["<&>", "ü", "\u2028"],
      nested: [{ to: undefined, from: 1 }],
    };
    expect(unpack(pack(value))).toEqual({ ...value, nested: [{ from: 1 }] });
  });

  it("packs only the part of a buffer that a view shows", () => {
    expect(unpack(pack(Uint32Array.from([1, 2, 3]).subarray(1, 2)))).toEqual(Uint32Array.from([2]));
  });

  it("holds a hundred thousand numbers in less than a digit each would take", () => {
    const column = Uint32Array.from({ length: 100_000 }, (_, i) => i * 40_000);
    expect(pack(column).length).toBeLessThan(540_000);
    expect((unpack(pack(column)) as Uint32Array).at(-1)).toBe(column.at(-1));
  });
});
