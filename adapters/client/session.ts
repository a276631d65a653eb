/** Capability `session`: keys that live as long as their client (etcd lease, ZooKeeper session, Consul session). */
import type { Revision } from "../../core/op.ts";
import type { Ask } from "./ask.ts";

export interface Sessions {
  /**
   * Opens a session, which the client then keeps alive. `ttlMs` is how long the system waits for a keep-alive before it may end
   * the session; systems have their own bounds and units. The session ends with its client: at once with `close`, after the
   * system's wait with `abandon`.
   */
  open(ttlMs: number, ask?: Ask): Promise<Session>;
}

export interface Session {
  /** Identifier in the system. */
  readonly id: string;
  /** Milliseconds granted by the system, which waits at least this long and may wait longer (Consul: twice). */
  readonly ttlMs: number;
  /** Fires when the system reports that the session is gone, with a ClientError as its reason. Without a report it cannot know. */
  readonly lost: AbortSignal;
  /**
   * Creates a key that the system deletes when the session ends. Rejects with `exists` if the key exists, and with
   * `session-expired` if the session is gone. Resolves with the revision, if the system reports it.
   */
  create(key: string, value: string, ask?: Ask): Promise<Revision | undefined>;
  /** Ends the session, and with it its keys, at once. */
  close(ask?: Ask): Promise<void>;
}
