/** Shapes of broken networks, as sets of directed links. `nodes` are all nodes of the cluster, in the order given. */
import type { Link, NodeId } from "../../core/op.ts";

/** Every link between two different nodes. */
export const allLinks = (nodes: readonly NodeId[]): Link[] =>
  nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to): Link => [from, to]));

/** Nothing passes between `side` and the others, either way. */
export function between(nodes: readonly NodeId[], side: readonly NodeId[]): Link[] {
  return allLinks(nodes).filter(([from, to]) => side.includes(from) !== side.includes(to));
}

/** What `node` sends is lost; it still hears the others. */
export const outgoing = (nodes: readonly NodeId[], node: NodeId): Link[] =>
  allLinks(nodes).filter(([from]) => from === node);

/** `node` hears nobody; the others still hear it. */
export const incoming = (nodes: readonly NodeId[], node: NodeId): Link[] =>
  allLinks(nodes).filter(([, to]) => to === node);

/** Two halves that only the first node, the bridge, still reaches. */
export function bridge(nodes: readonly NodeId[]): Link[] {
  const [, ...rest] = nodes;
  return between(rest, rest.slice(0, Math.ceil(rest.length / 2)));
}

/**
 * Every node hears a majority, and no two hear the same one: each hears as many of its neighbours on the ring, half
 * before it and half after it, as make a majority with itself. In a ring of three, one neighbour only, so the links are
 * cut one way.
 */
export function majoritiesRing(nodes: readonly NodeId[]): Link[] {
  const size = nodes.length;
  const others = Math.floor(size / 2);
  const before = Math.floor(others / 2);
  return nodes.flatMap((to, i) => {
    const heard = Array.from({ length: others + 1 }, (_, k) => nodes[(i - before + k + size) % size]);
    return nodes.filter((from) => !heard.includes(from)).map((from): Link => [from, to]);
  });
}

export const minoritySize = (nodes: readonly NodeId[]): number => Math.floor((nodes.length - 1) / 2);
