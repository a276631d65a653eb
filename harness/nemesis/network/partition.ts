/** Cuts links between nodes. Clients still reach every node. */
import type { NodeId } from "../../../core/op.ts";
import type { Target } from "../nemesis.ts";
import { nemesesOf } from "../shapes.ts";
import { type Cut, cutting, ids } from "./cut.ts";
import { intermittent } from "./intermittent.ts";
import { between, bridge, incoming, majoritiesRing, outgoing } from "./links.ts";
import { chained, constrainedElection, nonTransitive, quorumLoss } from "./partial-connectivity.ts";

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

/** Either the followers hear nothing of the leader, or the leader hears no answer. */
async function oneWayLeader(target: Target): Promise<Cut | undefined> {
  const node = await target.leader();
  if (node === undefined) return undefined;
  const nodes = ids(target);
  return target.random.chance(0.5)
    ? { summary: `one way: leader ${node} is not heard`, nodes: [node], links: outgoing(nodes, node) }
    : { summary: `one way: leader ${node} hears nobody`, nodes: [node], links: incoming(nodes, node) };
}

export const partition = nemesesOf({
  name: "partition",
  summary: "cuts links between nodes",
  requires: ["link-cut"],
  shapes: {
    one: cutting("cuts one node off from all others", one),
    leader: cutting("cuts the leader off from all others", leader),
    halves: cutting("splits the nodes into two halves", halves),
    ring: cutting("lets every node hear a different majority", ring, 3),
    bridge: cutting("splits the nodes into two halves that only one node still reaches", bridged, 3),
    "one-way": cutting("cuts all links to one node, or all links from it", oneWay),
  },
  special: {
    follower: cutting("cuts one follower off from all others", follower),
    "one-way-leader": cutting("cuts all links to the leader, or all links from it", oneWayLeader),
    "non-transitive": nonTransitive,
    chained,
    "quorum-loss": quorumLoss,
    "constrained-election": constrainedElection,
    intermittent,
  },
});
