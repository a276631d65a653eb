import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Link, type NodeId, nodeId } from "../../../core/op.ts";
import {
  allLinks,
  between,
  bridge,
  chain,
  incoming,
  majoritiesRing,
  minoritySize,
  outgoing,
  pair,
  star,
  towardsThenFrom,
} from "./links.ts";

const nodes = (count: number): NodeId[] => Array.from({ length: count }, (_, i) => nodeId(`n${i + 1}`));
const arrows = (links: readonly Link[]): string => links.map(([from, to]) => `${from}>${to}`).join(" ");
const ids = (...names: string[]): NodeId[] => names.map(nodeId);

/** Whom `node` still hears, itself included. */
const heard = (all: readonly NodeId[], cut: readonly Link[], node: NodeId): string =>
  all.filter((from) => !cut.some(([a, b]) => a === from && b === node)).join(" ");

describe("shapes of partitions", () => {
  it("cut a side off both ways", () => {
    expect(arrows(between(nodes(3), ids("n2")))).toBe("n1>n2 n2>n1 n2>n3 n3>n2");
  });

  it("cut one way only: out", () => {
    expect(arrows(outgoing(nodes(3), nodeId("n2")))).toBe("n2>n1 n2>n3");
  });

  it("cut one way only: in", () => {
    expect(arrows(incoming(nodes(3), nodeId("n2")))).toBe("n1>n2 n3>n2");
  });

  it("leave a bridge that both halves reach", () => {
    const all = nodes(5);
    expect(all.map((node) => heard(all, bridge(all), node))).toEqual([
      "n1 n2 n3 n4 n5",
      "n1 n2 n3",
      "n1 n2 n3",
      "n1 n4 n5",
      "n1 n4 n5",
    ]);
  });

  it.each([3, 5, 7])("let every node of %d hear a majority, no two the same one", (count) => {
    const all = nodes(count);
    const views = all.map((node) => heard(all, majoritiesRing(all), node));
    for (const view of views) expect(view.split(" ")).toHaveLength(Math.floor(count / 2) + 1);
    expect(new Set(views).size).toBe(count);
  });

  it("leave a star in which all reach only its centre", () => {
    const all = nodes(5);
    expect(all.map((node) => heard(all, star(all), node))).toEqual([
      "n1 n2 n3 n4 n5",
      "n1 n2",
      "n1 n3",
      "n1 n4",
      "n1 n5",
    ]);
  });

  it("leave a chain of neighbours, whatever the order of the nodes", () => {
    expect(nodes(5).map((node) => heard(nodes(5), chain(nodes(5)), node))).toEqual([
      "n1 n2",
      "n1 n2 n3",
      "n2 n3 n4",
      "n3 n4 n5",
      "n4 n5",
    ]);
    expect(arrows(chain(ids("n3", "n1", "n2")))).toBe("n3>n2 n2>n3");
  });

  it("cut one pair both ways", () => {
    expect(arrows(pair(nodeId("n3"), nodeId("n1")))).toBe("n3>n1 n1>n3");
  });

  it.each([star, chain, bridge])("cut both ways: %o", (shape) => {
    for (const count of [3, 5]) {
      const cut = shape(nodes(count));
      for (const [from, to] of cut) expect(cut).toContainEqual([to, from]);
    }
  });

  it("never cut a node off from itself, and cut nothing in a cluster of one", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), (count) => {
        const all = nodes(count);
        const first = nodeId("n1");
        const shapes = [
          between(all, [first]),
          outgoing(all, first),
          bridge(all),
          majoritiesRing(all),
          star(all),
          chain(all),
        ];
        for (const links of shapes) {
          expect(links.filter(([from, to]) => from === to)).toEqual([]);
          expect(links.length).toBeLessThanOrEqual(allLinks(all).length);
        }
        if (count === 1) expect(shapes.flat()).toEqual([]);
      }),
    );
  });

  it("free links to a node first, one of them last of these, then those from it", () => {
    const links = between(nodes(3), ids("n2"));
    expect(arrows(towardsThenFrom(links, nodeId("n2"), nodeId("n1")))).toBe("n3>n2 n1>n2 n2>n1 n2>n3");
    expect(arrows(towardsThenFrom(links, nodeId("n2"), undefined))).toBe("n1>n2 n3>n2 n2>n1 n2>n3");
  });

  it.each([
    [1, 0],
    [3, 1],
    [5, 2],
  ])("a cluster of %d can lose %d", (count, size) => {
    expect(minoritySize(nodes(count))).toBe(size);
  });
});
