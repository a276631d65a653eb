import type { Nemesis } from "../nemesis.ts";
import { allLinks } from "./links.ts";

/** Drops some of the packets between nodes, so that they are sent again later. */
export const loss: Nemesis = {
  name: "loss",
  summary: "drops some of the packets between nodes",
  requires: new Set(["packet-loss"]),
  leastNodes: 2,
  async inject({ cluster: { nodes, network }, random }) {
    const all = nodes.map((node) => node.id);
    const links = allLinks(all);
    if (links.length === 0) return undefined;
    const percent = random.integer(1, 4) * 5;
    await network.lose(links, percent);
    return {
      summary: `drop ${percent}% of packets`,
      nodes: all,
      proof: () => network.proof(),
      heal: () => network.heal(),
    };
  },
};
