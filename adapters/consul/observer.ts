import * as z from "zod";
import { assert } from "../../core/assert.ts";
import type { NodeId } from "../../core/op.ts";
import { type Ask, limitsOf } from "../client/ask.ts";
import type { ConnectOptions, Endpoint } from "../client/connection.ts";
import type { Observer } from "../client/observer.ts";
import { readsConsistently } from "./client.ts";
import { HttpConnection } from "./http.ts";

interface Server {
  readonly node: NodeId;
  readonly http: HttpConnection;
}

export function observe(endpoints: readonly Endpoint[], options: ConnectOptions): Observer {
  const servers = endpoints.map(
    (endpoint): Server => ({ node: endpoint.node, http: new HttpConnection(endpoint, options) }),
  );
  return {
    leader: (ask) => leaderAmong(servers, options, ask),

    /** A consistent read asks the leader, who asks a quorum. */
    async ready(node, ask) {
      const server = servers.find((candidate) => candidate.node === node);
      assert(server !== undefined, `${node} is not observed`);
      return readsConsistently(server.http, options, ask);
    },

    async close() {
      await Promise.all(servers.map(({ http }) => http.close()));
    },
  };
}

/** Asks each server whether it leads; one that was deposed and does not know it yet is in an older term. */
async function leaderAmong(
  servers: readonly Server[],
  options: ConnectOptions,
  ask: Ask | undefined,
): Promise<NodeId | undefined> {
  const answers = await Promise.all(
    servers.map(async ({ node, http }) => ({ node, raft: await raftOf(http, options, ask) })),
  );
  let newest: { readonly node: NodeId; readonly term: number } | undefined;
  for (const { node, raft } of answers) {
    if (raft?.state !== "Leader") continue;
    const term = Number(raft.term);
    if (newest === undefined || term > newest.term) newest = { node, term };
  }
  return newest?.node;
}

/** Raft's own figures, which the agent gives as texts. */
const selfSchema = z.object({
  Stats: z.object({ raft: z.object({ state: z.string(), term: z.string() }) }),
});

/** Answer of one server; undefined if it does not answer. */
async function raftOf(
  http: HttpConnection,
  options: ConnectOptions,
  ask: Ask | undefined,
): Promise<{ readonly state: string; readonly term: string } | undefined> {
  try {
    const { body } = await http.ask({ method: "GET", path: "/v1/agent/self" }, limitsOf(options, ask));
    return selfSchema.parse(JSON.parse(body)).Stats.raft;
  } catch {
    return undefined;
  }
}
