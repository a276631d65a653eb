import type { Entry, HardState, LogIndex, Membership, Snapshot } from "./types.ts";

/** Contents of a member's disk when it starts. `entries` follow `snapshot` without a gap. */
export interface Persisted {
  readonly hardState: HardState | undefined;
  readonly snapshot: Snapshot | undefined;
  readonly entries: readonly Entry[];
  /** The cluster's first members, for a log that begins at 1. */
  readonly bootstrap: Membership;
  /** Entries up to here are in the state machine already (its own snapshot's index). */
  readonly applied: LogIndex;
}
