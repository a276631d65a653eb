/** Capability `session`: keys that live as long as their client does (etcd lease, ZooKeeper session, Consul session). */
import type { Revision } from "../../core/op.ts";
import type { Ask } from "./ask.ts";

export interface Sessions {
  /**
   * Opens a session that the client keeps alive from now on. `ttlMs`: how long the system waits for a sign of life before
   * it may end the session; systems have bounds and units of their own. Ends with its client: at once with `close`, after
   * the system's wait with `abandon`.
   */
  open(ttlMs: number, ask?: Ask): Promise<Session>;
}

export interface Session {
  /** The system's own identifier. */
  readonly id: string;
  /** What the system granted, milliseconds. It waits at least this long, and may wait longer (Consul: twice). */
  readonly ttlMs: number;
  /**
   * Fires when the system reports that the session is gone, with a ClientError as its reason. A client that hears nothing
   * cannot know.
   */
  readonly lost: AbortSignal;
  /**
   * Creates a key that the system deletes when the session ends. Rejects with `exists` where the key is there, and with
   * `session-expired` where the session is gone. Resolves with the revision where the system gives one.
   */
  create(key: string, value: string, ask?: Ask): Promise<Revision | undefined>;
  /** Ends the session, and with it its keys, at once. */
  close(ask?: Ask): Promise<void>;
}
