/** Connection of a client: endpoint, credentials, and how it ends. */
import type { Clock } from "../../core/clock.ts";
import type { NodeId } from "../../core/op.ts";

/** Address of a node for clients. */
export interface Endpoint {
  readonly node: NodeId;
  readonly host: string;
  readonly port: number;
}

export interface Tls {
  /** PEM. */
  readonly ca: string;
  readonly certificate?: string;
  readonly key?: string;
}

/** Credentials of the client, and certificates of both sides. */
export interface Credentials {
  readonly tls?: Tls;
  /** etcd: user and password. ZooKeeper: digest. */
  readonly user?: { readonly name: string; readonly password: string };
  /** Consul: ACL token. */
  readonly token?: string;
}

export interface ConnectOptions extends Credentials {
  /** Milliseconds for connecting, and for each call without a limit of its own. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Source address of the client's connections; default: the system's choice. */
  readonly localAddress?: string;
}

/** Ways to end a client. Both reject pending calls with `connection-lost`; later calls reject with `not-connected`. */
export interface Connection {
  /** Ends the session: the system frees at once what the client held. Resolves when the connection is closed. Never rejects. */
  close(): Promise<void>;
  /** Ends like a process that died: sends nothing, so that what the client held stays until it expires. */
  abandon(): void;
}
