/** Choice of the nodes that a fault strikes. Nodes that another active fault has struck are left alone. */
import type { NodeId } from "../../core/op.ts";
import type { ClusterNode } from "../runtimes/runtime.ts";
import type { Target } from "./nemesis.ts";
import { minoritySize } from "./network/links.ts";

const free = (target: Target): ClusterNode[] =>
  target.cluster.nodes.filter((node) => !target.held.has(node.id) && node.state() === "running");

export function anyOne(target: Target): ClusterNode[] {
  const nodes = free(target);
  return nodes.length === 0 ? [] : [target.random.pick(nodes)];
}

export async function theLeader(target: Target): Promise<ClusterNode[]> {
  const leader = await target.leader();
  return free(target).filter((node) => node.id === leader);
}

/** As many nodes as the cluster can lose and still have a majority; none if it can lose none. */
export function aMinority(target: Target): ClusterNode[] {
  const size = minoritySize(target.cluster.nodes.map((node) => node.id));
  return target.random.shuffle(free(target)).slice(0, size);
}

export const everyNode = (target: Target): ClusterNode[] => free(target);

export const names = (nodes: readonly ClusterNode[]): NodeId[] => nodes.map((node) => node.id);
