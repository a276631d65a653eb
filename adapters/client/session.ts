/** Capability `session`: keys that live as long as their client (etcd lease, ZooKeeper session, Consul session). */
import type { Revision } from "../../core/op.ts";
import type { Nanos } from "../../core/time.ts";
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
   * Calls `listener` for each keep-alive that the system acknowledged, with the reading of the clock at which it was sent: the
   * session has its whole time from then on. The opening itself is not one of them.
   */
  onRenewal(listener: (sentAt: Nanos) => void): void;
  /** Sends a keep-alive, in addition to the regular ones. Rejects with `session-expired` if the session is gone. */
  renew(ask?: Ask): Promise<void>;
  /**
   * Creates a key that the system deletes when the session ends. Rejects with `exists` if the key exists, and with
   * `session-expired` if the session is gone. Resolves with the revision, if the system reports it.
   */
  create(key: string, value: string, ask?: Ask): Promise<Revision | undefined>;
  /**
   * Deletes a key that this session created and still has, and never another session's key of the same name. Rejects with
   * `not-found` if it has the key no longer, and with `session-expired` if the session is gone.
   */
  remove(key: string, ask?: Ask): Promise<void>;
  /** Sends no more keep-alives: the session ends when its time is up. */
  abandon(): void;
  /**
   * Ends the session, and with it its keys, at once. Resolves when the system has acknowledged that; rejects with
   * `session-expired` if the system reports that it had ended before.
   */
  close(ask?: Ask): Promise<void>;
}
