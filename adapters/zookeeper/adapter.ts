import type { NodeId } from "../../core/op.ts";
import type { Adapter, ConnectOptions, Endpoint } from "../adapter.ts";
import { offer } from "../client/client.ts";
import { admin } from "./admin.ts";
import { connect, offered } from "./client.ts";
import { deployment } from "./deployment.ts";
import { digest, serverStatus } from "./status.ts";

/** Apache ZooKeeper 3.6 to 3.9, over its own protocol. */
export const zookeeper: Adapter = {
  name: "zookeeper",
  summary: "Apache ZooKeeper 3.6 to 3.9: sessions, versions, reads at the session's own server",
  promises: {
    reads: {
      local: { consistency: "sequential" },
      sync: {
        consistency: "linearizable-known-limits",
        limits: [
          {
            name: "deposed leader",
            condition: "deposed-leader",
            boundMs: 2000,
            // syncLimit times tickTime, as deployment.ts sets them.
            leaseMs: 2000,
            sentence:
              "A sync does not pass a quorum: a leader that was deposed without knowing it answers one from its old state.",
          },
        ],
      },
    },
  },
  defaultReadMode: "local",
  localReadMode: "local",
  // A server looks up its last zxid before it reads, so what a reply shows is that state or a later one.
  revisions: "store",
  ...offer("zookeeper", offered, connect),
  deployment,
  admin,
  leader,
  digest,
  ready,
};

/** A leader that was cut off claims to lead for a while: the one with the newest transaction does. */
async function leader(endpoints: readonly Endpoint[], options: ConnectOptions): Promise<NodeId | undefined> {
  const answers = await Promise.all(
    endpoints.map(async ({ node, ...at }) => ({
      node,
      status: await serverStatus({ node, ...at }, options),
    })),
  );
  let newest: { readonly node: NodeId; readonly zxid: bigint } | undefined;
  for (const { node, status } of answers) {
    if (status?.leads && (newest === undefined || status.zxid > newest.zxid)) {
      newest = { node, zxid: status.zxid };
    }
  }
  return newest?.node;
}

/** A session is a write, which takes a leader with a quorum; a server without one hangs up. */
async function ready(endpoint: Endpoint, options: ConnectOptions): Promise<boolean> {
  try {
    const client = await connect(endpoint, options);
    await client.kv.read("ready", "sync").finally(() => client.close());
    return true;
  } catch {
    return false;
  }
}
