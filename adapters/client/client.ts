/** Capabilities of clients, one interface each; a workload names those that it needs and gets exactly these. */
import { ClientError } from "../../core/errors.ts";
import type { Connection, ConnectOptions, Endpoint } from "./connection.ts";
import type { Delete } from "./delete.ts";
import type { KeptHistory } from "./history.ts";
import type { KeyValue } from "./kv.ts";
import type { Prefix } from "./prefix.ts";
import type { Sessions } from "./session.ts";
import type { Txn } from "./txn.ts";
import type { Watches } from "./watch.ts";

export interface Capabilities {
  readonly kv: KeyValue;
  readonly delete: Delete;
  readonly prefix: Prefix;
  readonly session: Sessions;
  readonly txn: Txn;
  readonly watch: Watches;
  readonly history: KeptHistory;
}

export type Capability = keyof Capabilities;

/**
 * One connection to ONE node. Never retries and never fails over: the history must show what happened. All calls reject with a
 * ClientError, whose `definite` says whether the operation certainly had no effect.
 *
 * Keys are plain names without a slash (`r1`), which an adapter maps to its own paths. Values are strings.
 */
export type ClientWith<C extends Capability> = Connection & { readonly [K in C]: Capabilities[K] };

/** `Adapter.connect`. */
export type Connect = <C extends Capability>(
  endpoint: Endpoint,
  needs: readonly C[],
  options: ConnectOptions,
) => Promise<ClientWith<C>>;

/** Connects a client with all capabilities of a system. */
export type Open<Has extends Capability> = (
  endpoint: Endpoint,
  options: ConnectOptions,
) => Promise<ClientWith<Has>>;

/** The clients of a system. */
export interface Offered {
  readonly capabilities: ReadonlySet<Capability>;
  /**
   * Connects a client with all capabilities in `needs`. Rejects with a definite ClientError: `unsupported` if the system lacks
   * one, otherwise the reason why the node was not reached.
   */
  readonly connect: Connect;
  /**
   * Returns a `connect` for clients that share at most `connections` connections to each node, taken in turn. A client is one of its
   * own all the same: its end is that of its own calls and watches only, and a connection goes with its last client. A watch that is
   * slow, or waits for its answer, keeps a connection of its own. The clients must have the same options. Absent if a connection
   * means something in the system (ZooKeeper: it is the session).
   */
  share?(connections: number): Connect;
}

/** Derives them from a function that connects with all capabilities; `sharing` makes such a function for clients that share connections. */
export function offer<Has extends Capability>(
  system: string,
  has: readonly Has[],
  open: Open<Has>,
  sharing?: (connections: number) => Open<Has>,
): Offered {
  const capabilities: ReadonlySet<Capability> = new Set(has);
  const connecting =
    (opening: Open<Has>): Connect =>
    async (endpoint, needs, options) => {
      const lacking = needs.filter((need) => !capabilities.has(need));
      if (lacking.length > 0) {
        const offered = `${system} offers ${has.join(", ")}`;
        throw new ClientError("unsupported", `${system} has no ${lacking.join(", ")}: ${offered}`);
      }
      const client = await opening(endpoint, options);
      if (serves(client, needs)) return client;
      throw new TypeError(`${system}'s client lacks some of ${needs.join(", ")}, which its adapter offers`);
    };
  return {
    capabilities,
    connect: connecting(open),
    ...(sharing !== undefined && { share: (connections: number) => connecting(sharing(connections)) }),
  };
}

const serves = <C extends Capability>(client: Connection, needs: readonly C[]): client is ClientWith<C> =>
  needs.every((need) => need in client);
