import type { Consistency } from "../core/consistency.ts";
import type { NodeId, Revision, RevisionScope } from "../core/op.ts";
import type { Deployment } from "./deployment.ts";

/** What a system can do. A workload asks for some; the conformance suite skips by them. */
export type Capability = "cas" | "delete" | "prefix" | "txn" | "revision-read" | "compaction";

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

export interface ConnectOptions {
  /** Of connecting and of every operation, milliseconds. */
  readonly timeoutMs: number;
  readonly tls?: Tls;
  /** etcd: user and password. ZooKeeper: digest. */
  readonly user?: { readonly name: string; readonly password: string };
  /** Consul: ACL token. */
  readonly token?: string;
}

export interface Versioned {
  readonly value: string;
  /** Where the system puts the value's last write in its order; absent where the system does not say. */
  readonly revision?: Revision;
}

/** What a read saw: the value if the key exists, and the revision of the state that it was read from. */
export interface ReadResult {
  readonly value?: string;
  /**
   * Of the state read: etcd's header revision, ZooKeeper's reply zxid. Consul's X-Consul-Index is that of the key's own
   * last change, and so compares with others of the same key only; of an absent key it is that of the last change of any.
   * `Adapter.revisions` says which it is.
   */
  readonly revision?: Revision;
  /**
   * Of the value's last write: etcd's mod_revision, ZooKeeper's mzxid, Consul's ModifyIndex. The same as what `write` and
   * `cas` resolved with, where they tell.
   */
  readonly modRevision?: Revision;
  /** How long ago the node last heard from its leader, where the system tells (Consul). */
  readonly lastContactMs?: number;
  /** Whether the node knew a leader, where the system tells (Consul). */
  readonly leaderKnown?: boolean;
}

export interface Deletion {
  /** Whether there was a key to remove: an atomic observation. */
  readonly existed: boolean;
  /** Of the removal, where there was one and the system tells. */
  readonly revision?: Revision;
}

/**
 * One connection to ONE node. Never retries and never fails over: the history must show what happened. Every method
 * rejects with a ClientError, whose `definite` says whether the operation surely had no effect.
 *
 * Keys are plain names without a slash (`r1`); an adapter maps them to paths of its own. Values are strings.
 */
export interface Client {
  /** `mode` is one of the adapter's read modes. */
  read(key: string, mode: string): Promise<ReadResult>;
  /** Creates or overwrites. Resolves with the revision of the write where the system tells. */
  write(key: string, value: string): Promise<Revision | undefined>;
  /**
   * Sets `to` where the value is `from`. Rejects with `mismatch` where an atomic comparison refused (an observation
   * that the value differed), with `conflict` where the system could not tell atomically.
   */
  cas(key: string, from: string, to: string): Promise<Revision | undefined>;
  /** Capability `delete`: removes the key. */
  delete?(key: string): Promise<Deletion>;
  /** Capability `prefix`: every key that starts with `prefix`, in the order of keys. */
  list?(prefix: string, mode: string): Promise<ReadonlyMap<string, Versioned>>;
  /** Resolves when the connection is gone; pending operations reject with `connection-lost`. Never rejects. */
  close(): Promise<void>;
}

/** All that Assay knows of one system. */
export interface Adapter {
  readonly name: string;
  /** One line for `assay list`. */
  readonly summary: string;
  readonly readModes: Readonly<Record<string, Consistency>>;
  readonly defaultReadMode: string;
  /** What the revision of a read is about. */
  readonly revisions: RevisionScope;
  readonly capabilities: ReadonlySet<Capability>;
  readonly deployment: Deployment;
  connect(endpoint: Endpoint, options: ConnectOptions): Promise<Client>;
  /** The node that leads, as the nodes that answer see it (the highest term wins); undefined where none does. */
  leader(endpoints: readonly Endpoint[], options: ConnectOptions): Promise<NodeId | undefined>;
  /** Whether the node serves reads and writes as a member of a formed cluster. Never rejects. */
  ready(endpoint: Endpoint, options: ConnectOptions): Promise<boolean>;
}
