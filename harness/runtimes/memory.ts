import type { Fault } from "../../core/fault.ts";
import type { Cluster, ClusterNode, Network, Runtime } from "./runtime.ts";

/** A system that lives in the harness' own memory and brings its nodes and links along. */
export interface InMemorySystem {
  readonly nodes: readonly ClusterNode[];
  readonly network: Network;
}

/** Runs a system that needs no processes, in whatever time its clock keeps. For one run. */
export function memoryRuntime(system: InMemorySystem): Runtime {
  const { nodes, network } = system;
  return {
    name: "memory",
    summary: "in the harness' own memory, in virtual time",
    faults: new Set<Fault>([
      "link-cut",
      "client-cut",
      "link-delay",
      "packet-loss",
      "kill",
      "pause",
      "restart",
    ]),
    missing: async () => undefined,
    async start(): Promise<Cluster> {
      await Promise.all(nodes.map((node) => node.start()));
      return {
        nodes,
        network,
        async stop() {
          await network.heal();
          await Promise.all(nodes.map((node) => node.kill()));
        },
      };
    },
  };
}
