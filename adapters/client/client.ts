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

/** Derives `capabilities` and `connect` of an adapter from a function that connects with all capabilities. */
export function offer<Has extends Capability>(
  system: string,
  has: readonly Has[],
  open: (endpoint: Endpoint, options: ConnectOptions) => Promise<ClientWith<Has>>,
): { readonly capabilities: ReadonlySet<Capability>; readonly connect: Connect } {
  const capabilities: ReadonlySet<Capability> = new Set(has);
  return {
    capabilities,
    async connect(endpoint, needs, options) {
      const lacking = needs.filter((need) => !capabilities.has(need));
      if (lacking.length > 0) {
        const offered = `${system} offers ${has.join(", ")}`;
        throw new ClientError("unsupported", `${system} has no ${lacking.join(", ")}: ${offered}`);
      }
      const client = await open(endpoint, options);
      if (serves(client, needs)) return client;
      throw new TypeError(`${system}'s client lacks some of ${needs.join(", ")}, which its adapter offers`);
    },
  };
}

const serves = <C extends Capability>(client: Connection, needs: readonly C[]): client is ClientWith<C> =>
  needs.every((need) => need in client);
