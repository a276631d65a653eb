import type { Fault } from "../../core/fault.ts";
import type { Cluster, ClusterNode, Network, Runtime } from "./runtime.ts";

/** System that lives in the memory of the harness, with its own nodes and links. */
export interface InMemorySystem {
  readonly nodes: readonly ClusterNode[];
  readonly network: Network;
}

/** Runs a system that needs no processes, in the time of its clock. For one run. */
export function memoryRuntime(system: InMemorySystem): Runtime {
  const { nodes, network } = system;
  return {
    name: "memory",
    summary: "in the memory of the harness, in virtual time",
    faults: new Set<Fault>([
      "link-cut",
      "client-cut",
      "link-delay",
      "link-hold",
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
