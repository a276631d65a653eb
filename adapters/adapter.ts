import type { ReadPromise, SessionPromise } from "../core/consistency.ts";
import type { Revision, RevisionScope } from "../core/op.ts";
import type { WatchPromise } from "../core/watch.ts";
import type { Admin } from "./client/admin.ts";
import type { Offered } from "./client/client.ts";
import type { ConnectOptions, Endpoint } from "./client/connection.ts";
import type { AskedOnce } from "./client/observer.ts";
import type { Deployment } from "./deployment.ts";
import type { HttpKeys } from "./http-keys.ts";

export type { ConnectOptions, Credentials, Endpoint, Tls } from "./client/connection.ts";

/** Checksum of a node's whole state. Nodes with the same `at` and `since` must have the same digest. */
export interface Digest {
  /** The revision of the state. */
  readonly at: Revision;
  readonly digest: string;
  /** First revision that the digest covers: etcd's compacted one. 0: all of them. */
  readonly since: Revision;
}

/** Description of one system to Assay; `observe`, `leader` and `ready` come from `observable`, its clients from `offer`. */
export interface Adapter extends AskedOnce, Offered {
  readonly name: string;
  /** One line for `assay list`. */
  readonly summary: string;
  /** Promises of the system according to its documentation. */
  readonly promises: {
    /** By read mode. */
    readonly reads: Readonly<Record<string, ReadPromise>>;
    /** By kind of watch. Absent if the system has no capability `watch`. */
    readonly watches?: Readonly<Record<string, WatchPromise>>;
    /** Absent if the system has no capability `session`. */
    readonly session?: SessionPromise;
  };
  readonly defaultReadMode: string;
  /** Read mode in which a node answers from its own copy. */
  readonly localReadMode: string;
  /** Meaning of the revision of a read. */
  readonly revisions: RevisionScope;
  readonly deployment: Deployment;
  /**
   * Starts a server on 127.0.0.1 that answers at once what a load asks, keeps nothing, and leaves other requests unanswered; resolves
   * with its port. It shows what the clients alone can do, and ends with its process. Absent: that is not measured.
   */
  nullServer?(): Promise<number>;
  /** Version that a node itself reports; undefined if it does not say. Never rejects. Absent if the system has no way to ask. */
  version?(endpoint: Endpoint, options: ConnectOptions): Promise<string | undefined>;
  /** Single keys over HTTP. Absent if the system has no such interface. */
  readonly http?: HttpKeys;
  /** Administration, for nemeses and presets. Absent if the system has none. */
  admin?(endpoint: Endpoint, options: ConnectOptions): Admin;
  /**
   * Returns the node's digest of its whole state at revision `at`, by default the newest available. Absent if the system has
   * none. Rejects with a ClientError if the node gives none.
   */
  digest?(endpoint: Endpoint, options: ConnectOptions, at?: Revision): Promise<Digest>;
}
