import { assert } from "../../core/assert.ts";
import type { NodeId } from "../../core/op.ts";
import { type Ask, limitsOf } from "../client/ask.ts";
import type { ConnectOptions, Endpoint } from "../client/connection.ts";
import { isAsked, type LeaderAsk, type Observer } from "../client/observer.ts";
import { communication } from "./communication.ts";
import { openConnection } from "./connection.ts";
import { type Call, methods, type StatusAnswer } from "./methods.ts";

/** A member, over one connection that is kept. */
interface Member {
  readonly node: NodeId;
  /** Its own view; undefined if it does not answer. */
  status(ask: Ask | undefined): Promise<StatusAnswer | undefined>;
  /** Calls the node, logged in if the options name a user. */
  readonly call: Call;
  close(): void;
}

export const observe = (endpoints: readonly Endpoint[], options: ConnectOptions): Observer =>
  observerOf(endpoints.map((endpoint) => memberAt(endpoint, options)));

/** For members whose status says how often they have forced their log to disk. */
export function observeWithSyncs(endpoints: readonly Endpoint[], options: ConnectOptions): Observer {
  const members = endpoints.map((endpoint) => memberAt(endpoint, options));
  return {
    ...observerOf(members),
    async syncs(node, ask) {
      const answer = await named(members, node).status(ask);
      return answer === undefined ? undefined : Number(answer.logSyncs);
    },
  };
}

function named(members: readonly Member[], node: NodeId): Member {
  const member = members.find((candidate) => candidate.node === node);
  assert(member !== undefined, `${node} is not observed`);
  return member;
}

function observerOf(members: readonly Member[]): Observer {
  const ids: MemberIds = new Map();
  return {
    leader: (ask) => leaderAmong(members, ids, ask),

    /** A linearizable read passes only where a leader has a quorum. The key need not exist. */
    async ready(node, ask) {
      const member = named(members, node);
      try {
        await member.call(methods.range, { key: Buffer.from("ready"), serializable: false }, ask);
        return true;
      } catch {
        return false;
      }
    },

    async close() {
      for (const member of members) member.close();
    },
  };
}

function memberAt(endpoint: Endpoint, options: ConnectOptions): Member {
  const connection = openConnection(endpoint, options);
  return {
    node: endpoint.node,
    status: (ask) => connection.call(methods.status, {}, limitsOf(options, ask)).catch(() => undefined),
    call: communication(connection, options).call,
    close: () => connection.close(),
  };
}

/** Leader in the status of a node that knows none. */
const nobody = "0";

/** Members by their ids, as they gave them when they answered last: one that is not asked may lead. */
type MemberIds = Map<string, NodeId>;

/** Nodes that are cut off may name an old leader: the newest term decides. */
async function leaderAmong(
  members: readonly Member[],
  ids: MemberIds,
  ask: LeaderAsk | undefined,
): Promise<NodeId | undefined> {
  const asked = members.filter(({ node }) => isAsked(node, ask));
  const answers = await Promise.all(asked.map((member) => member.status(ask)));
  answers.forEach((answer, i) => {
    if (answer !== undefined) ids.set(answer.header.memberId, (asked[i] as Member).node);
  });
  const led = answers.filter((answer) => answer !== undefined && answer.leader !== nobody);
  const newest = Math.max(...led.map((answer) => Number(answer?.raftTerm)));
  const leaderId = led.find((answer) => Number(answer?.raftTerm) === newest)?.leader;
  return leaderId === undefined ? undefined : ids.get(leaderId);
}
