import type { MemberId, Status } from "../core/types.ts";
import type { KvResult, WriteRequest } from "../kv/request.ts";
import type { Store } from "../kv/store.ts";
import type { WatchHub } from "../kv/watch/hub.ts";

/** Interface between the client API and the replicated server: all that the two know of each other. */
export interface Replica {
  readonly clusterId: number;
  /** The state applied on this member: what a serializable read sees. */
  readonly store: Store;
  /** Watches of `store`. */
  readonly watches: WatchHub;
  /**
   * Resolves when the request was committed and applied here. Rejects with a ReplicaError, whose `definite` says
   * whether the request surely has no effect.
   */
  propose(request: WriteRequest): Promise<KvResult>;
  /**
   * ReadIndex (thesis §6.4): resolves when `store` holds every write that was acknowledged anywhere before the call.
   * Rejects with a ReplicaError.
   */
  confirmRead(): Promise<void>;
  /** Begins to hand leadership over; nothing happens if this member does not lead or `to` is no voter. `status` shows the end of it. */
  transferLeadership(to: MemberId): void;
  status(): Status;
  /** Index applied to `store`. */
  applied(): number;
  disk(): DiskUse;
  members(): readonly ReplicaMember[];
}

/** What a member has put on disk. */
export interface DiskUse {
  /** Log and snapshots. */
  readonly bytes: number;
  /** Calls of fsync and fdatasync for the log since the process started. */
  readonly logSyncs: number;
}

export interface ReplicaMember {
  readonly id: number;
  readonly name: string;
  readonly learner: boolean;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
}

/**
 * `no-leader`: nobody to take it, it was not tried. `leader-lost`: it was under way when the leader changed, its fate is
 * unknown. `timeout`: no answer in time, fate unknown. `stopping`: refused, the server shuts down.
 */
export class ReplicaError extends Error {
  override readonly name = "ReplicaError";
  readonly code: "no-leader" | "leader-lost" | "timeout" | "stopping" | "overloaded";
  readonly definite: boolean;

  constructor(code: ReplicaError["code"], message: string) {
    super(message);
    this.code = code;
    this.definite = code !== "leader-lost" && code !== "timeout";
  }
}
