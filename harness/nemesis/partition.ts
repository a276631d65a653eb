/** Cuts links between nodes. Clients still reach every node. */
import type { Link, NodeId } from "../../core/op.ts";
import { between, bridge, incoming, majoritiesRing, outgoing } from "./links.ts";
import type { Injected, Target } from "./nemesis.ts";
import { nemesesOf } from "./shapes.ts";

interface Cut {
  readonly summary: string;
  readonly nodes: readonly NodeId[];
  readonly links: readonly Link[];
}

const ids = (target: Target): NodeId[] => target.cluster.nodes.map((node) => node.id);

const isolate = (nodes: readonly NodeId[], node: NodeId, as: string): Cut => ({
  summary: `isolate ${as}`,
  nodes: [node],
  links: between(nodes, [node]),
});

function one(target: Target): Cut {
  const nodes = ids(target);
  const node = target.random.pick(nodes);
  return isolate(nodes, node, node);
}

async function leader(target: Target): Promise<Cut | undefined> {
  const node = await target.leader();
  return node && isolate(ids(target), node, `leader ${node}`);
}

async function follower(target: Target): Promise<Cut | undefined> {
  const nodes = ids(target);
  const leader = await target.leader();
  const others = nodes.filter((node) => node !== leader);
  if (leader === undefined || others.length === 0) return undefined;
  const node = target.random.pick(others);
  return isolate(nodes, node, `follower ${node}`);
}

function halves(target: Target): Cut {
  const nodes = target.random.shuffle(ids(target));
  const side = nodes.slice(0, Math.floor(nodes.length / 2));
  const rest = nodes.slice(side.length);
  return {
    summary: `halves ${side.join(" ")} | ${rest.join(" ")}`,
    nodes: side,
    links: between(nodes, side),
  };
}

function ring(target: Target): Cut {
  const nodes = target.random.shuffle(ids(target));
  return { summary: `majorities ring ${nodes.join(" ")}`, nodes, links: majoritiesRing(nodes) };
}

/** Not over the leader: it would still reach everybody, and followers have nothing to say to each other. */
async function bridged(target: Target): Promise<Cut> {
  const leader = await target.leader();
  const shuffled = target.random.shuffle(ids(target));
  const nodes = [...shuffled.filter((id) => id !== leader), ...shuffled.filter((id) => id === leader)];
  const [middle, ...rest] = nodes;
  return { summary: `bridge over ${middle}`, nodes: rest, links: bridge(nodes) };
}

function oneWay(target: Target): Cut {
  const nodes = ids(target);
  const node = target.random.pick(nodes);
  return target.random.chance(0.5)
    ? { summary: `one way: ${node} is not heard`, nodes: [node], links: outgoing(nodes, node) }
    : { summary: `one way: ${node} hears nobody`, nodes: [node], links: incoming(nodes, node) };
}

const shape = (
  summary: string,
  draw: (target: Target) => Cut | undefined | Promise<Cut | undefined>,
  leastNodes = 2,
) => ({
  summary,
  leastNodes,
  inject: async (target: Target) => apply(target, await draw(target)),
});

async function apply(target: Target, cut: Cut | undefined): Promise<Injected | undefined> {
  if (cut === undefined || cut.links.length === 0) return undefined;
  const { network } = target.cluster;
  await network.cut(cut.links);
  return {
    summary: cut.summary,
    nodes: cut.nodes,
    cut: cut.links,
    proof: () => network.proof(),
    heal: () => network.heal(),
  };
}

export const partition = nemesesOf({
  name: "partition",
  summary: "cuts links between nodes",
  requires: ["link-cut"],
  shapes: {
    one: shape("cuts one node off from all others", one),
    leader: shape("cuts the leader off from all others", leader),
    halves: shape("splits the nodes into two halves", halves),
    ring: shape("lets every node hear a different majority", ring, 3),
    bridge: shape("splits the nodes into two halves that only one node still reaches", bridged, 3),
    "one-way": shape("cuts all links to one node, or all links from it", oneWay),
  },
  special: {
    follower: shape("cuts one follower off from all others", follower),
  },
});
