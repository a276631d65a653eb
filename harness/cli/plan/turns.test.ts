import { describe, expect, it } from "vitest";
import { turnsOf } from "./turns.ts";

const systems = ["etcd", "zookeeper", "consul"];

describe("turnsOf()", () => {
  const turns = turnsOf(systems, 40, 7);
  const blocks = Array.from({ length: 40 }, (_, i) => turns.slice(3 * i, 3 * i + 3));

  it("has every run once in each block", () => {
    expect(turns).toHaveLength(120);
    blocks.forEach((block, i) => {
      expect(block.map(({ plan }) => plan).sort()).toEqual([...systems].sort());
      expect(block.every((turn) => turn.block === i + 1)).toBe(true);
    });
    expect(turns.map(({ order }) => order)).toEqual(turns.map((_, i) => i + 1));
  });

  it("gives each block a seed of its own, and all its runs the same", () => {
    for (const block of blocks) expect(new Set(block.map(({ seed }) => seed)).size).toBe(1);
    expect(new Set(turns.map(({ seed }) => seed)).size).toBe(40);
  });

  it("puts no run into the same place each time", () => {
    const orders = new Set(blocks.map((block) => block.map(({ plan }) => plan).join()));
    expect(orders.size).toBe(6);
  });

  it("follows from the seed", () => {
    expect(turnsOf(systems, 40, 7)).toEqual(turns);
    expect(turnsOf(systems, 40, 8)).not.toEqual(turns);
  });

  it("keeps order and seed if everything is run once", () => {
    expect(turnsOf(systems, 1, 7)).toEqual(
      systems.map((plan, i) => ({ plan, seed: 7, block: 1, order: i + 1 })),
    );
  });
});
