import { assert } from "../../core/assert.ts";
import type { NodeId } from "../../core/op.ts";
import type { Ask } from "../client/ask.ts";
import type { ConnectOptions, Endpoint } from "../client/connection.ts";
import { isAsked, type LeaderAsk, type Observer } from "../client/observer.ts";
import { connect } from "./client.ts";
import { serverStatus, syncsOf } from "./status.ts";

/**
 * Keeps nothing between two questions: a server hangs up after the answer to four letters, and a new session is what
 * shows that a server is ready.
 */
export const observe = (endpoints: readonly Endpoint[], options: ConnectOptions): Observer => ({
  leader: (ask) => leaderAmong(endpoints, within(options, ask), ask),

  /** A session is a write, which takes a leader with a quorum; a server without one hangs up. */
  async ready(node, ask) {
    const endpoint = endpoints.find((candidate) => candidate.node === node);
    assert(endpoint !== undefined, `${node} is not observed`);
    try {
      const client = await connect(endpoint, within(options, ask));
      await client.kv.read("ready", "sync").finally(() => client.close());
      return true;
    } catch {
      return false;
    }
  },

  async syncs(node, ask) {
    const endpoint = endpoints.find((candidate) => candidate.node === node);
    assert(endpoint !== undefined, `${node} is not observed`);
    return syncsOf(endpoint, within(options, ask));
  },

  close: async () => {},
});

const within = (options: ConnectOptions, ask: Ask | undefined): ConnectOptions => ({
  ...options,
  timeoutMs: ask?.timeoutMs ?? options.timeoutMs,
});

/**
 * A leader that was cut off claims to lead for a while: the one with the newest transaction does. A follower does not say whom
 * it follows: if none of those that are asked leads, it is the one that is not asked.
 */
async function leaderAmong(
  endpoints: readonly Endpoint[],
  options: ConnectOptions,
  ask: LeaderAsk | undefined,
): Promise<NodeId | undefined> {
  const answers = await Promise.all(
    endpoints
      .filter(({ node }) => isAsked(node, ask))
      .map(async (endpoint) => ({
        node: endpoint.node,
        status: await serverStatus(endpoint, options),
      })),
  );
  let newest: { readonly node: NodeId; readonly zxid: bigint } | undefined;
  for (const { node, status } of answers) {
    if (status?.leads && (newest === undefined || status.zxid > newest.zxid)) {
      newest = { node, zxid: status.zxid };
    }
  }
  if (newest !== undefined || answers.every(({ status }) => status === undefined)) return newest?.node;
  const others = endpoints.filter(({ node }) => !isAsked(node, ask));
  return others.length === 1 ? others[0]?.node : undefined;
}
