import type { Address, NodeView, PeerView } from "../../adapters/deployment.ts";
import { type NodeId, nodeId } from "../../core/op.ts";
import type { Topology } from "./runtime.ts";

/** `n1`, `n2`, … */
export const nodeIds = (size: number): NodeId[] =>
  Array.from({ length: size }, (_, i) => nodeId(`n${i + 1}`));

export interface Places {
  readonly dataDir: string;
  readonly listen: Readonly<Record<string, Address>>;
  readonly peers: readonly PeerView[];
}

/** View of a node that clients reach at the addresses it binds. */
export function nodeView(id: NodeId, index: number, topology: Topology, places: Places): NodeView {
  return {
    id,
    index,
    ...places,
    advertise: places.listen,
    extraArgs: topology.extraArgs,
    version: topology.program?.version ?? "",
    ...(topology.mutant !== undefined && { mutant: topology.mutant }),
    ...(topology.preset !== undefined && { preset: topology.preset }),
    ...(topology.program !== undefined && { command: topology.program.command }),
  };
}
