import type { Consistency } from "../core/consistency.ts";
import type { NodeId } from "../core/op.ts";
import type { Admin } from "./client/admin.ts";
import type { Capability, Connect } from "./client/client.ts";
import type { ConnectOptions, Endpoint } from "./client/connection.ts";
import type { Deployment } from "./deployment.ts";

export type { ConnectOptions, Credentials, Endpoint, Tls } from "./client/connection.ts";

/** All that Assay knows of one system. */
export interface Adapter {
  readonly name: string;
  /** One line for `assay list`. */
  readonly summary: string;
  readonly readModes: Readonly<Record<string, Consistency>>;
  readonly defaultReadMode: string;
  readonly capabilities: ReadonlySet<Capability>;
  readonly deployment: Deployment;
  /**
   * A client that can do all of `needs`. Rejects with a ClientError: `unsupported` where the system lacks one of them,
   * else why the node was not reached; a definite one, as nothing was asked.
   */
  readonly connect: Connect;
  /** For nemeses and presets. Absent where the system offers no such thing. */
  admin?(endpoint: Endpoint, options: ConnectOptions): Admin;
  /** The node that leads, as the nodes that answer see it (the highest term wins); undefined where none does. */
  leader(endpoints: readonly Endpoint[], options: ConnectOptions): Promise<NodeId | undefined>;
  /** Whether the node serves reads and writes as a member of a formed cluster. Never rejects. */
  ready(endpoint: Endpoint, options: ConnectOptions): Promise<boolean>;
}
