/** Shapes of network failures, as sets of directed links. `nodes` are all nodes of the cluster, in the given order. */
import type { Link, NodeId } from "../../../core/op.ts";

/** All links between different nodes. */
export const allLinks = (nodes: readonly NodeId[]): Link[] =>
  nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to): Link => [from, to]));

/** All links between `side` and the other nodes, in both directions. */
export function between(nodes: readonly NodeId[], side: readonly NodeId[]): Link[] {
  return allLinks(nodes).filter(([from, to]) => side.includes(from) !== side.includes(to));
}

/** All links from `node`: it still hears the others. */
export const outgoing = (nodes: readonly NodeId[], node: NodeId): Link[] =>
  allLinks(nodes).filter(([from]) => from === node);

/** All links to `node`: the others still hear it. */
export const incoming = (nodes: readonly NodeId[], node: NodeId): Link[] =>
  allLinks(nodes).filter(([, to]) => to === node);

/** Splits the nodes into two halves that only the first node, the bridge, still reaches. */
export function bridge(nodes: readonly NodeId[]): Link[] {
  const [, ...rest] = nodes;
  return between(rest, rest.slice(0, Math.ceil(rest.length / 2)));
}

/**
 * Lets every node hear a different majority: itself and its neighbours on the ring, half of them before it and half after
 * it. In a ring of three that is one neighbour, so the links are cut one way.
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

/** Lets all nodes reach only the first one. */
export const star = (nodes: readonly NodeId[]): Link[] => allLinks(nodes.slice(1));

/** Lets every node reach only its neighbours: the one before it, and the one after it. */
export function chain(nodes: readonly NodeId[]): Link[] {
  const place = new Map(nodes.map((node, i) => [node, i]));
  return allLinks(nodes).filter(([a, b]) => Math.abs((place.get(a) ?? 0) - (place.get(b) ?? 0)) > 1);
}

/** Both directions between two nodes. */
export const pair = (a: NodeId, b: NodeId): Link[] => [
  [a, b],
  [b, a],
];

/** The order in which a queue of links could be emptied: those to `node`, that of `last` after the others, then those from it. */
export function towardsThenFrom(links: readonly Link[], node: NodeId, last: NodeId | undefined): Link[] {
  const towards = links.filter(([, to]) => to === node);
  const isLast = ([from]: Link) => from === last;
  return [
    ...towards.filter((link) => !isLast(link)),
    ...towards.filter(isLast),
    ...links.filter(([, to]) => to !== node),
  ];
}

export const minoritySize = (nodes: readonly NodeId[]): number => Math.floor((nodes.length - 1) / 2);
