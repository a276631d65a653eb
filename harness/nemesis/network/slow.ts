import type { Nemesis } from "../nemesis.ts";
import { allLinks } from "./links.ts";

/** Delays messages between nodes: enough to reorder elections and replication, not enough to look like a partition. */
export const slow: Nemesis = {
  name: "slow",
  summary: "delays messages between nodes, with jitter",
  requires: new Set(["link-delay"]),
  leastNodes: 2,
  async inject({ cluster: { nodes, network }, random }) {
    const all = nodes.map((node) => node.id);
    const links = allLinks(all);
    if (links.length === 0) return undefined;
    const delayMs = random.integer(2, 10) * 10;
    const jitterMs = delayMs / 2;
    await network.slow(links, delayMs, jitterMs);
    return {
      summary: `slow links by ${delayMs} to ${delayMs + jitterMs} ms`,
      nodes: all,
      proof: () => network.proof(),
      heal: () => network.heal(),
    };
  },
};
