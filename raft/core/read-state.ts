import type { Random } from "../../core/random.ts";
import type { LogIndex, MemberId } from "./types.ts";

/** A read that waits at the leader; `from` undefined: asked by this member's own driver. */
export interface PendingRead {
  readonly from: MemberId | undefined;
  readonly context: number;
}

/** Reads that one heartbeat round will confirm. */
interface ReadRound {
  readonly round: number;
  /** The leader's commit index when the round began. */
  readonly index: LogIndex;
  readonly reads: readonly PendingRead[];
}

export interface ReadState {
  /** Contexts of the driver's reads since the last `ready`. */
  asked: number[];
  /** Leader: wait for a round to begin. */
  queued: PendingRead[];
  /** Leader: wait for a majority to answer their round; by rising round. */
  rounds: ReadRound[];
  /** Leader: the newest round. Never reset, so that no answer is taken for that of another round. */
  round: number;
  /** Follower: wait for the batch under way to be answered. */
  unsent: number[];
  /** Follower: the batch that the leader was asked to confirm, and the reads in it. */
  forwarded: { readonly context: number; readonly reads: readonly number[] } | undefined;
  /** Follower: the question or its answer may be lost: the batch is sent (again) with the next `ready`. */
  forwardDue: boolean;
  /**
   * Follower: context of the next batch. It begins anywhere, so that an answer to a batch of before a restart is not
   * taken for the answer to one of now, which may need a later index.
   */
  nextContext: number;
  confirmed: { readonly context: number; readonly index: LogIndex }[];
  refused: number[];
}

export function createReadState(random: Random): ReadState {
  return {
    asked: [],
    queued: [],
    rounds: [],
    round: 0,
    unsent: [],
    forwarded: undefined,
    forwardDue: false,
    nextContext: random.integer(0, 2 ** 31 - 1) * 2 ** 20,
    confirmed: [],
    refused: [],
  };
}
