import { z } from "zod";
import type { NodeId } from "../../core/op.ts";
import type { Adapter, ConnectOptions, Endpoint } from "../adapter.ts";
import { limitsOf } from "../client/ask.ts";
import { offer } from "../client/client.ts";
import { admin } from "./admin.ts";
import { connect, offered } from "./client.ts";
import { deployment } from "./deployment.ts";
import { HttpConnection } from "./http.ts";

/** HashiCorp Consul 1.8 and newer, over its HTTP API. */
export const consul: Adapter = {
  name: "consul",
  summary: "HashiCorp Consul 1.8 and newer: Raft behind HTTP, three read modes",
  promises: {
    reads: {
      default: {
        consistency: "linearizable-known-limits",
        limits: [
          {
            name: "deposed leader",
            condition: "deposed-leader",
            boundMs: 2000,
            // Raft's leader lease at raft_multiplier 1, as deployment.ts sets it.
            leaseMs: 500,
            sentence:
              "A leader answers from memory for as long as it believes in its lease, which it does not ask a quorum about.",
          },
          {
            name: "new leader",
            condition: "new-leader",
            boundMs: 2000,
            forwarded: true,
            sentence:
              "A server that has just been elected answers, also what followers pass on to it, before it has applied all that was committed before its election.",
          },
        ],
      },
      consistent: { consistency: "linearizable" },
      stale: { consistency: "stale" },
    },
  },
  defaultReadMode: "default",
  localReadMode: "stale",
  revisions: "key",
  ...offer("consul", offered, connect),
  deployment,
  admin,
  leader,
  ready,
};

/** Figures of Raft, which the agent reports as strings. */
const selfSchema = z.object({
  Stats: z.object({ raft: z.object({ state: z.string(), term: z.string() }) }),
});

/** Each server is asked whether it leads; one that was deposed and does not know it yet is in an older term. */
async function leader(endpoints: readonly Endpoint[], options: ConnectOptions): Promise<NodeId | undefined> {
  const answers = await Promise.all(
    endpoints.map(async (endpoint) => ({ node: endpoint.node, raft: await raftOf(endpoint, options) })),
  );
  let newest: { readonly node: NodeId; readonly term: number } | undefined;
  for (const { node, raft } of answers) {
    if (raft?.state !== "Leader") continue;
    const term = Number(raft.term);
    if (newest === undefined || term > newest.term) newest = { node, term };
  }
  return newest?.node;
}

async function raftOf(
  endpoint: Endpoint,
  options: ConnectOptions,
): Promise<{ readonly state: string; readonly term: string } | undefined> {
  const http = new HttpConnection(endpoint, options);
  try {
    const { body } = await http.ask({ method: "GET", path: "/v1/agent/self" }, limitsOf(options));
    return selfSchema.parse(JSON.parse(body)).Stats.raft;
  } catch {
    return undefined;
  } finally {
    await http.close();
  }
}

/** A consistent read asks the leader, who asks a quorum. */
async function ready(endpoint: Endpoint, options: ConnectOptions): Promise<boolean> {
  try {
    const client = await connect(endpoint, options);
    await client.kv.read("ready", "consistent").finally(() => client.close());
    return true;
  } catch {
    return false;
  }
}
