import type { NodeId } from "../../core/op.ts";
import type { Adapter, ConnectOptions, Endpoint } from "../adapter.ts";
import { limitsOf } from "../client/ask.ts";
import { offer } from "../client/client.ts";
import { connect, type offeredWithLeases } from "./client.ts";
import { openConnection } from "./connection.ts";
import { digest } from "./digest.ts";
import { methods, type StatusAnswer } from "./methods.ts";

/** What every system that speaks etcd's v3 API has in common; `name` and `capabilities` are the system's. */
export const etcdApi = (name: string, capabilities: readonly (typeof offeredWithLeases)[number][]) =>
  ({
    name,
    promises: {
      reads: {
        linearizable: { consistency: "linearizable" },
        serializable: { consistency: "stale-monotonic" },
      },
    },
    defaultReadMode: "linearizable",
    localReadMode: "serializable",
    revisions: "store",
    ...offer(name, capabilities, connect),
    leader,
    digest,
    ready,
  }) satisfies Partial<Adapter>;

/** Nodes that are cut off may name an old leader: the newest term decides. */
async function leader(endpoints: readonly Endpoint[], options: ConnectOptions): Promise<NodeId | undefined> {
  const answers = await Promise.all(endpoints.map((endpoint) => statusOf(endpoint, options)));
  const led = answers.filter((answer) => answer !== undefined && answer.leader !== nobody);
  const newest = Math.max(...led.map((answer) => Number(answer?.raftTerm)));
  const leaderId = led.find((answer) => Number(answer?.raftTerm) === newest)?.leader;
  return endpoints.find((_, i) => leaderId !== undefined && answers[i]?.header.memberId === leaderId)?.node;
}

/** What a status says of the leader where the node knows none. */
const nobody = "0";

/** The node's own view; undefined where it does not answer. */
async function statusOf(endpoint: Endpoint, options: ConnectOptions): Promise<StatusAnswer | undefined> {
  const connection = openConnection(endpoint, options);
  try {
    return await connection.call(methods.status, {}, limitsOf(options));
  } catch {
    return undefined;
  } finally {
    connection.close();
  }
}

/** A linearizable read passes only where a leader has a quorum. The key need not exist. */
async function ready(endpoint: Endpoint, options: ConnectOptions): Promise<boolean> {
  try {
    const client = await connect(endpoint, options);
    await client.kv.read("ready", "linearizable").finally(() => client.close());
    return true;
  } catch {
    return false;
  }
}
