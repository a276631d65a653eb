/** What an operator does to a cluster, for nemeses and presets: not part of any history. */
import type { Revision } from "../../core/op.ts";
import type { Ask } from "./ask.ts";

export interface Member {
  /** The system's own name: etcd's member name, Consul's node name, ZooKeeper's server number. */
  readonly name: string;
  /** The system's own identifier, which `moveLeader` takes. */
  readonly id: string;
  /** Where the others reach it. */
  readonly address: string;
  readonly voter: boolean;
  /** Whether it leads; absent where the system's list does not say (ZooKeeper). */
  readonly leads?: boolean;
}

/**
 * Opens no connection before the first call, so that a nemesis can look at what there is. A method is absent where no
 * version of the system has such a thing; one that the version at hand lacks rejects with `unsupported`. Every call
 * rejects with a ClientError.
 */
export interface Admin {
  /** The configured members, as this node sees them. */
  members(ask?: Ask): Promise<readonly Member[]>;
  /** Hands leadership to a member. Only the leader does that: others reject with `not-leader`, or pass it on (Consul). */
  moveLeader?(to: Member, ask?: Ask): Promise<void>;
  /** Forgets what keys were before `revision`. */
  compact?(revision: Revision, ask?: Ask): Promise<void>;
  /** Never rejects. */
  close(): Promise<void>;
}
