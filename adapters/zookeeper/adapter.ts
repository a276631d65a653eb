import type { NodeId } from "../../core/op.ts";
import type { Adapter, ConnectOptions, Endpoint } from "../adapter.ts";
import { offer } from "../client/client.ts";
import { admin } from "./admin.ts";
import { connect, offered } from "./client.ts";
import { deployment } from "./deployment.ts";
import { serverStatus } from "./status.ts";

/** Apache ZooKeeper 3.6 to 3.9, over its own protocol. */
export const zookeeper: Adapter = {
  name: "zookeeper",
  summary: "Apache ZooKeeper 3.6 to 3.9: sessions, versions, reads at the session's own server",
  // A sync does not pass a quorum: a leader that was deposed without knowing it answers one with an old state.
  readModes: { local: "sequential", sync: "linearizable-known-limits" },
  defaultReadMode: "local",
  ...offer("zookeeper", offered, connect),
  deployment,
  admin,
  leader,
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
