/** Capability `kv`: reads, writes and compare-and-set of single keys. Every system has it. */
import type { Revision } from "../../core/op.ts";
import type { Ask } from "./ask.ts";

/** Result of a read: the value if the key exists, and the revision of the state that it was read from. */
export interface ReadResult {
  readonly value?: string;
  /**
   * Revision of the state that was read: etcd's header revision, ZooKeeper's reply zxid. Consul's X-Consul-Index is that of the
   * key's own last change, and so is comparable for the same key only.
   */
  readonly revision?: Revision;
  /**
   * Revision of the value's last write: etcd's mod_revision, ZooKeeper's mzxid, Consul's ModifyIndex. Equal to the revision that
   * `write` or `cas` resolved with, if they have one.
   */
  readonly modRevision?: Revision;
  /** How long ago the node last heard from its leader, if the system reports it (Consul). */
  readonly lastContactMs?: number;
  /** Whether the node knew a leader, if the system reports it (Consul). */
  readonly leaderKnown?: boolean;
}

export interface KeyValue {
  /** Reads a key. `mode` is one of the adapter's read modes. */
  read(key: string, mode: string, ask?: Ask): Promise<ReadResult>;
  /** Creates or overwrites a key. Resolves with the revision of the write, if the system reports it. */
  write(key: string, value: string, ask?: Ask): Promise<Revision | undefined>;
  /**
   * Sets the value to `to` if it is `from`. Rejects with `mismatch` if an atomic comparison failed (an observation that the
   * value differed), with `conflict` if the system could not compare atomically.
   */
  cas(key: string, from: string, to: string, ask?: Ask): Promise<Revision | undefined>;
}
