import type { Nemesis } from "../nemesis.ts";

/** Cuts clients off from one node; the cluster itself stays connected. */
export const partitionClients: Nemesis = {
  name: "partition-clients",
  summary: "cuts the clients of one node off from it",
  requires: new Set(["client-cut"]),
  async inject({ cluster: { nodes, network }, random }) {
    const { id } = random.pick(nodes);
    await network.cutClients([id]);
    return {
      summary: `cut clients off from ${id}`,
      nodes: [id],
      proof: () => network.proof(),
      heal: () => network.heal(),
    };
  },
};
