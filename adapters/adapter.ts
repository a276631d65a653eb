import type { ReadPromise } from "../core/consistency.ts";
import type { Revision, RevisionScope } from "../core/op.ts";
import type { Admin } from "./client/admin.ts";
import type { Capability, Connect } from "./client/client.ts";
import type { ConnectOptions, Endpoint } from "./client/connection.ts";
import type { AskedOnce } from "./client/observer.ts";
import type { Deployment } from "./deployment.ts";

export type { ConnectOptions, Credentials, Endpoint, Tls } from "./client/connection.ts";

/** A checksum over a node's whole state. Two nodes whose `at` and `since` are the same must tell the same digest. */
export interface Digest {
  /** The revision of the state. */
  readonly at: Revision;
  readonly digest: string;
  /** The revision from which on the digest covers the changes: etcd's compacted one. 0: all of them. */
  readonly since: Revision;
}

/** All that Assay knows of one system; `observe`, `leader` and `ready` come from `observable`. */
export interface Adapter extends AskedOnce {
  readonly name: string;
  /** One line for `assay list`. */
  readonly summary: string;
  /** What the system promises, as its documentation has it; reads by read mode. */
  readonly promises: { readonly reads: Readonly<Record<string, ReadPromise>> };
  readonly defaultReadMode: string;
  /** The read mode in which a node answers from its own copy, asking nobody. */
  readonly localReadMode: string;
  /** What the revision of a read is about. */
  readonly revisions: RevisionScope;
  readonly capabilities: ReadonlySet<Capability>;
  readonly deployment: Deployment;
  /**
   * A client that can do all of `needs`. Rejects with a ClientError: `unsupported` where the system lacks one of them,
   * else why the node was not reached; a definite one, as nothing was asked.
   */
  readonly connect: Connect;
  /** For nemeses and presets. Absent where the system offers no such thing. */
  admin?(endpoint: Endpoint, options: ConnectOptions): Admin;
  /**
   * What the node says of its whole state: a digest of it at revision `at`, the newest that it can tell where `at` is
   * absent. Absent where the system offers none. Rejects with a ClientError where the node does not tell.
   */
  digest?(endpoint: Endpoint, options: ConnectOptions, at?: Revision): Promise<Digest>;
}
