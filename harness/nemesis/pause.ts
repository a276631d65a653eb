/** Stops a process without its knowledge (SIGSTOP) and resumes it, like a long garbage collection or the migration of a VM. */
import type { ClusterNode } from "../runtimes/runtime.ts";
import type { Injected, Target } from "./nemesis.ts";
import { nemesesOf } from "./shapes.ts";
import { anyOne, theLeader } from "./victims.ts";

type Draw = (target: Target) => ClusterNode[] | Promise<ClusterNode[]>;

const shape = (summary: string, what: string, draw: Draw) => ({
  summary,
  inject: async (target: Target) => pause((await draw(target))[0], what),
});

async function pause(node: ClusterNode | undefined, what: string): Promise<Injected | undefined> {
  if (node === undefined) return undefined;
  const proof = await node.pause();
  return {
    summary: `pause ${what}${node.id}`,
    nodes: [node.id],
    proof: async () => proof,
    heal: async () => {
      if (node.state() === "paused") await node.resume();
    },
  };
}

export const pauseNodes = nemesesOf({
  name: "pause",
  summary: "stops a process and resumes it",
  requires: ["pause"],
  shapes: {
    one: shape("pauses one node", "", anyOne),
    leader: shape("pauses the leader", "leader ", theLeader),
  },
});
