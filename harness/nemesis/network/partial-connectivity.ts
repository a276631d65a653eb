/**
 * Partitions in which some pairs of nodes are cut while a third node still reaches both. Quorum loss, constrained election and
 * the chain are the scenarios of Ng, Haridi and Carbone, "Omni-Paxos: Breaking the Barriers of Partial Connectivity"
 * (EuroSys 2023), section 2.
 */
import { sleep } from "../../../core/clock.ts";
import type { NodeId } from "../../../core/op.ts";
import { millis } from "../../../core/time.ts";
import { Background } from "../background.ts";
import type { Injected, Target } from "../nemesis.ts";
import type { Shape } from "../shapes.ts";
import { cutting, ids } from "./cut.ts";
import { between, chain, minoritySize, pair, star } from "./links.ts";

/** In a cluster of three, a leader that reaches one other node has its majority. */
const leastForQuorumLoss = 5;

/** Two nodes that do not reach each other, and one that reaches both. */
const leastForTriangle = 3;

/** Time in which the only possible leader falls behind, before the others need it. */
const fallingBehind = millis(700);

/** The leader, if there is one, and the other nodes in random order. */
interface Roles {
  readonly leader: NodeId;
  readonly others: readonly NodeId[];
}

/** Undefined while nobody leads, and in a cluster of fewer nodes. */
async function rolesOf(target: Target, leastNodes: number): Promise<Roles | undefined> {
  const leader = await target.leader();
  if (leader === undefined || target.cluster.nodes.length < leastNodes) return undefined;
  return { leader, others: target.random.shuffle(ids(target).filter((id) => id !== leader)) };
}

/** The pair has the leader in it: followers have nothing to say to each other. */
export const nonTransitive = cutting(
  "cuts the links between the leader and one follower: all other nodes reach both",
  async (target) => {
    const roles = await rolesOf(target, leastForTriangle);
    const follower = roles?.others[0];
    if (roles === undefined || follower === undefined) return undefined;
    const { leader } = roles;
    return {
      summary: `non-transitive: leader ${leader} and ${follower} do not reach each other`,
      nodes: [leader, follower],
      links: pair(leader, follower),
    };
  },
  leastForTriangle,
);

/** The leader stands where it keeps a majority, and where not everybody hears it. */
export const chained = cutting(
  "lets every node reach only its neighbours in a chain, the leader near one end",
  async (target) => {
    const roles = await rolesOf(target, leastForTriangle);
    if (roles === undefined) return undefined;
    const before = minoritySize(ids(target)) - 1;
    const nodes = roles.others.toSpliced(before, 0, roles.leader);
    return { summary: `chain ${nodes.join(" ")}, led by ${roles.leader}`, nodes, links: chain(nodes) };
  },
  leastForTriangle,
);

export const quorumLoss = cutting(
  "lets all nodes, the leader among them, reach only one follower, so that the leader loses its majority but is not silent",
  async (target) => {
    const roles = await rolesOf(target, leastForQuorumLoss);
    const [hub, ...rest] = roles?.others ?? [];
    if (roles === undefined || hub === undefined) return undefined;
    const nodes = [roles.leader, ...rest];
    return {
      summary: `quorum loss: leader ${roles.leader} and ${rest.join(" ")} reach only ${hub}`,
      nodes,
      links: star([hub, ...nodes]),
    };
  },
  leastForQuorumLoss,
);

/** Nobody can be elected where only a node with an old log reaches a majority. */
export const constrainedElection: Shape = {
  summary:
    "cuts the leader off from one follower, which falls behind, and then off from all, when the others reach only that follower",
  leastNodes: leastForQuorumLoss,
  async inject(target) {
    const roles = await rolesOf(target, leastForQuorumLoss);
    const [hub, ...rest] = roles?.others ?? [];
    if (roles === undefined || hub === undefined) return undefined;
    const { leader } = roles;
    const { clock, cluster } = target;
    const { network } = cluster;
    const links = [...between(ids(target), [leader]), ...star([hub, ...rest])];
    let isIsolated = false;
    await network.cut(pair(leader, hub));
    const later = new Background(async (signal) => {
      await sleep(clock, fallingBehind, signal);
      await network.cut(links);
      isIsolated = true;
    });
    return {
      summary: `constrained election: leader ${leader} isolated, ${rest.join(" ")} reach only ${hub}, which is behind`,
      nodes: [leader, ...rest],
      cut: links,
      proof: async () => (isIsolated ? network.proof() : undefined),
      async heal() {
        try {
          await later.stop();
        } finally {
          await network.heal();
        }
      },
    } satisfies Injected;
  },
};
