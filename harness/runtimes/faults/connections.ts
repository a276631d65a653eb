/** Connections between nodes, in the kernel of the machine that they share. */
import type { Link, NodeId } from "../../../core/op.ts";
import type { Exec } from "../process/shell.ts";

/**
 * Ends the TCP connections to `addresses` in the network namespace of `exec`. Where the kernel does not let it
 * (CONFIG_INET_DIAG_DESTROY is off) they stay.
 */
export async function endConnections(exec: Exec, addresses: readonly string[]): Promise<void> {
  if (addresses.length === 0) return;
  const filter = addresses.flatMap((address) => ["or", "dst", address]).slice(1);
  await exec(["ss", "--tcp", "--kill", ...filter]);
}

/** Nodes at the other ends of a node's links, in either direction. */
export function peersOn(links: readonly Link[], node: NodeId): NodeId[] {
  const peers = links.filter((link) => link.includes(node)).flat();
  return [...new Set(peers)].filter((peer) => peer !== node);
}
