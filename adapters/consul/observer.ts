import * as z from "zod";
import { assert } from "../../core/assert.ts";
import type { NodeId } from "../../core/op.ts";
import { type Ask, limitsOf } from "../client/ask.ts";
import type { ConnectOptions, Endpoint } from "../client/connection.ts";
import { isAsked, type LeaderAsk, type Observer } from "../client/observer.ts";
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
  const addresses: Addresses = new Map();
  return {
    leader: (ask) => leaderAmong(servers, addresses, options, ask),

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

/** Servers by the addresses at which the others know them, as they gave them when they answered last. */
type Addresses = Map<string, NodeId>;

/** Asks each server whom it follows; one that is cut off may name an old leader, in an older term. */
async function leaderAmong(
  servers: readonly Server[],
  addresses: Addresses,
  options: ConnectOptions,
  ask: LeaderAsk | undefined,
): Promise<NodeId | undefined> {
  const asked = servers.filter(({ node }) => isAsked(node, ask));
  const answers = await Promise.all(
    asked.map(async ({ node, http }) => ({ node, self: await selfOf(http, options, ask) })),
  );
  for (const { node, self } of answers)
    if (self !== undefined) addresses.set(`${self.Member.Addr}:${self.Member.Tags.port}`, node);
  let newest: { readonly leader: string; readonly term: number } | undefined;
  for (const { self } of answers) {
    if (self === undefined) continue;
    const { leader_addr: leader } = self.Stats.consul;
    // Who leads knows better than a follower in the same term, which may not have heard yet.
    const term = Number(self.Stats.raft.term) + (self.Stats.raft.state === "Leader" ? 0.5 : 0);
    if (leader !== "" && (newest === undefined || term > newest.term)) newest = { leader, term };
  }
  return newest && addresses.get(newest.leader);
}

/** What a server says of itself. Raft's figures are texts. */
const selfSchema = z.object({
  Member: z.object({ Addr: z.string(), Tags: z.object({ port: z.string() }) }),
  Stats: z.object({
    raft: z.object({ state: z.string(), term: z.string() }),
    consul: z.object({ leader_addr: z.string() }),
  }),
});

/** Answer of one server; undefined if it does not answer. */
async function selfOf(
  http: HttpConnection,
  options: ConnectOptions,
  ask: Ask | undefined,
): Promise<z.infer<typeof selfSchema> | undefined> {
  try {
    const { body } = await http.ask({ method: "GET", path: "/v1/agent/self" }, limitsOf(options, ask));
    return selfSchema.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}
