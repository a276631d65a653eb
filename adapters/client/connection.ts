/** Where a client connects, with what, and how it ends. */
import type { Clock } from "../../core/clock.ts";
import type { NodeId } from "../../core/op.ts";

/** Where a client finds a node. */
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

/** Who the client is, and how it and the node prove who they are. */
export interface Credentials {
  readonly tls?: Tls;
  /** etcd: user and password. ZooKeeper: digest. */
  readonly user?: { readonly name: string; readonly password: string };
  /** Consul: ACL token. */
  readonly token?: string;
}

export interface ConnectOptions extends Credentials {
  /** For connecting, and for every call that names no limit of its own; milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** How a client ends. Both reject what is pending with `connection-lost`; what is asked afterwards is `not-connected`. */
export interface Connection {
  /** Says good-bye: what the client held is freed at once. Resolves when the connection is gone. Never rejects. */
  close(): Promise<void>;
  /** Goes as a process that died: no word to the server, so that what the client held stays until it expires. */
  abandon(): void;
}
