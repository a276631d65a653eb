/** Actions of an operator on a cluster, for nemeses and presets; not part of any history. */
import type { Revision } from "../../core/op.ts";
import type { Ask } from "./ask.ts";

export interface Member {
  /** Name in the system: etcd's member name, Consul's node name, ZooKeeper's server number. */
  readonly name: string;
  /** Identifier in the system, which `moveLeader` takes. */
  readonly id: string;
  /** Address at which the other members reach it. */
  readonly address: string;
  readonly voter: boolean;
  /** Whether it is the leader; absent if the system's list does not say (ZooKeeper). */
  readonly leads?: boolean;
}

/**
 * Administration of a cluster. Connects on the first call, so that a nemesis can see beforehand which methods exist. A method
 * is absent if no version of the system has it; one that only the running version lacks rejects with `unsupported`. All calls
 * reject with a ClientError.
 */
export interface Admin {
  /** Lists the configured members as this node sees them. */
  members(ask?: Ask): Promise<readonly Member[]>;
  /** Transfers leadership to a member. Only the leader can: others reject with `not-leader`, or forward it (Consul). */
  moveLeader?(to: Member, ask?: Ask): Promise<void>;
  /** Returns the newest revision. */
  revision?(ask?: Ask): Promise<Revision>;
  /** Discards the history of keys before `revision`. */
  compact?(revision: Revision, ask?: Ask): Promise<void>;
  /** Never rejects. */
  close(): Promise<void>;
}
