/** Capability `kv`: single keys, read, written and compared. Every system has it. */
import type { Revision } from "../../core/op.ts";
import type { Ask } from "./ask.ts";

/** What a read saw: the value if the key exists, and the revision of the state that it was read from. */
export interface ReadResult {
  readonly value?: string;
  /**
   * The revision of the state that was read: etcd's header revision, ZooKeeper's reply zxid. Consul's X-Consul-Index is
   * that of the key's own last change, and so compares with others of the same key only.
   */
  readonly revision?: Revision;
  /**
   * The revision of the value's last write: etcd's mod_revision, ZooKeeper's mzxid, Consul's ModifyIndex. The same as
   * what `write` and `cas` resolved with, where they give one.
   */
  readonly modRevision?: Revision;
  /** How long ago the node last heard from its leader, where the system says (Consul). */
  readonly lastContactMs?: number;
  /** Whether the node knew a leader, where the system says (Consul). */
  readonly leaderKnown?: boolean;
}

export interface KeyValue {
  /** `mode` is one of the adapter's read modes. */
  read(key: string, mode: string, ask?: Ask): Promise<ReadResult>;
  /** Creates or overwrites. Resolves with the revision of the write where the system gives one. */
  write(key: string, value: string, ask?: Ask): Promise<Revision | undefined>;
  /**
   * Sets `to` where the value is `from`. Rejects with `mismatch` where an atomic comparison refused (an observation
   * that the value differed), with `conflict` where the system could not compare atomically.
   */
  cas(key: string, from: string, to: string, ask?: Ask): Promise<Revision | undefined>;
}
