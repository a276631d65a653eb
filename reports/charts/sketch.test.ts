import { describe, expect, it } from "vitest";
import { register } from "../../checker/models/register.ts";
import { nodeId } from "../../core/op.ts";
import { nanos } from "../../core/time.ts";
import { operation } from "../testing/operations.ts";
import { type Sketched, shownOperations, sketchOf } from "./sketch.ts";
import { sketchScale } from "./sketch-scale.ts";
import { sketchSvg } from "./sketch-svg.ts";

const shown: Sketched = {
  operations: [
    operation({ f: "write", from: 0, to: 0.002, process: 1 }),
    operation({ f: "write", from: 0.001, outcome: "info", process: 2 }),
    operation({ from: 2_000, to: 2_001, process: 3 }),
  ],
  culprit: 2,
  orders: [[1, 0]],
  revisions: false,
};

describe("a sketch", () => {
  it("has one lane a process and leaves unknown operations open", () => {
    const sketch = sketchOf("a", shown, [], register());
    expect(sketch.lanes.map(({ process }) => process)).toEqual([1, 2, 3]);
    expect(sketch.bars.map(({ to }) => to !== undefined)).toEqual([true, false, true]);
  });

  it("shows the faults that touch it, and no other", () => {
    const fault = { label: "F1", name: "kill", summary: "", nodes: [], proven: true, hue: 0 };
    const faults = [
      { ...fault, from: 1, to: 1.5 },
      { ...fault, from: 2.5, to: 3 },
    ];
    expect(sketchOf("a", shown, faults, register())?.faults).toEqual([faults[0]]);
  });

  it("is bounded: of a long sub-history, the operations up to the culprit", () => {
    const operations = Array.from({ length: 500 }, (_, i) =>
      operation({ from: i, to: i + 0.5, process: i % 5 }),
    );
    const long = { ...shown, operations, culprit: 400, orders: [[10, 399, 400]] };
    expect(shownOperations(long).operations.at(-1)).toBe(operations[400]);
    const sketch = sketchOf("a", long, [], register());
    expect(sketch.bars.length).toBe(60);
    expect(sketch.culprit).toBe(59);
    expect(sketch.orders).toEqual([[58, 59]]);
  });

  it("shows for how long the value of a stale read had been overwritten", () => {
    const stale = { ...shown, since: nanos(0.5e9) };
    const sketch = sketchOf("a", stale, [], register());
    expect(sketch.gap).toMatchObject({ from: 0.5, to: 2, label: "1.5\u202fs" });
    expect(sketchOf("a", shown, [], register())).not.toHaveProperty("gap");
    for (const width of [300, 1000]) {
      const markup = sketchSvg(sketch, width).markup;
      expect(markup).toMatch(/class="gap">.*overwritten for .*<path d="M[^>]*>.*<text [^>]*>1.5/s);
    }
  });

  it("names all the nodes that a process asked, in as much room as the names take", () => {
    const [first, second] = [
      operation({ from: 0, to: 1, process: 1_000_000_001 }),
      operation({ from: 2, to: 3, process: 1_000_000_001 }),
    ];
    const operations = [first, { ...second, node: nodeId("n7") }];
    const sketch = sketchOf("a", { ...shown, operations, culprit: 1 }, [], register());
    expect(sketch.lanes).toEqual([{ process: 1_000_000_001, node: `${first.node}, n7` }]);
    const [, width = 0] = sketchSvg(sketch, 390).markup.match(/sketch names" width="(\d+)"/) ?? [];
    expect(Number(width)).toBeGreaterThan(`p1000000001 ${first.node}, n7`.length * 7);
  });
});

describe("sketchScale()", () => {
  const sketch = sketchOf("a", shown, [], register());
  const scale = sketchScale(sketch, 50, 600, (label) => label.length * 8);

  it("keeps the order of all moments, and gives each label its room, two microseconds next to two seconds", () => {
    const pixels = scale.moments.map((moment) => scale(moment));
    expect(pixels).toEqual([...pixels].sort((a, b) => a - b));
    for (const { from, to, label } of sketch.bars)
      if (to !== undefined) expect(scale(to) - scale(from)).toBeGreaterThanOrEqual(label.length * 8);
    expect(scale.right).toBe(600);
  });

  it("is wider than asked for where the labels need it", () => {
    expect(sketchScale(sketch, 50, 100, () => 90).right).toBeGreaterThan(180);
  });
});

describe("sketchSvg()", () => {
  it("marks the culprit and numbers the order that leads to a state", () => {
    const sketch = sketchOf("a", shown, [], register());
    const markup = sketchSvg(sketch, 800).markup;
    expect(markup.match(/class="bar ok culprit"/g)).toHaveLength(1);
    expect(markup).toMatch(/class="order order-0">.*>1<\/text>.*>2<\/text>/s);
  });
});
