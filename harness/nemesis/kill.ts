/** Kills processes (SIGKILL: nothing is flushed, no connection is closed properly) and restarts them on their data. */
import type { ClusterNode } from "../runtimes/runtime.ts";
import type { Injected, Target } from "./nemesis.ts";
import { nemesesOf } from "./shapes.ts";
import { aMinority, anyOne, everyNode, names, theLeader } from "./victims.ts";

type Draw = (target: Target) => ClusterNode[] | Promise<ClusterNode[]>;

const shape = (summary: string, what: string, draw: Draw, leastNodes = 1) => ({
  summary,
  leastNodes,
  inject: async (target: Target) => kill(await draw(target), what),
});

async function kill(nodes: readonly ClusterNode[], what: string): Promise<Injected | undefined> {
  if (nodes.length === 0) return undefined;
  const ids = names(nodes);
  // All at once: killed one after the other, the nodes would have time to notify the rest of the cluster.
  const killed = await Promise.allSettled(nodes.map((node) => node.kill()));
  const restart = async () => {
    await Promise.all(nodes.filter((node) => node.state() === "killed").map((node) => node.start()));
  };
  const failed = killed.find((result) => result.status === "rejected");
  if (failed !== undefined) {
    await restart();
    throw failed.reason;
  }
  const proof = killed.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])).join("; ");
  return {
    summary: `kill ${what}${ids.join(" ")}`,
    nodes: ids,
    proof: async () => proof,
    heal: restart,
  };
}

export const killNodes = nemesesOf({
  name: "kill",
  summary: "kills processes and restarts them",
  requires: ["kill", "restart"],
  shapes: {
    one: shape("kills one node", "", anyOne),
    leader: shape("kills the leader", "leader ", theLeader),
    minority: shape("kills as many nodes as the cluster can lose", "minority ", aMinority, 3),
    all: shape("kills every node at once", "all: ", everyNode),
  },
});
