import { allLinks } from "./links.ts";
import type { Nemesis } from "./nemesis.ts";

/** A bad network: some of the packets between nodes are lost and sent again later. */
export const loss: Nemesis = {
  name: "loss",
  summary: "loses some of the packets between nodes",
  requires: new Set(["packet-loss"]),
  async inject({ cluster: { nodes, network }, random }) {
    const all = nodes.map((node) => node.id);
    const links = allLinks(all);
    if (links.length === 0) return undefined;
    const percent = random.integer(1, 4) * 5;
    await network.lose(links, percent);
    return {
      summary: `lose ${percent} % of packets`,
      nodes: all,
      proof: () => network.proof(),
      heal: () => network.heal(),
    };
  },
};
