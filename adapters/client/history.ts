/** Capability `history`: a system that keeps old revisions until somebody discards them. */
import type { Revision } from "../../core/op.ts";
import type { Ask } from "./ask.ts";
import type { ReadResult } from "./kv.ts";

export interface KeptHistory {
  /**
   * Discards what was before `revision`; watches may still start there. Resolves when the cluster has agreed on it. Rejects with a
   * ClientError, definite if nothing was discarded: the revision does not exist yet (`future-revision`), or was discarded already
   * (`compacted`).
   */
  compact(revision: Revision, ask?: Ask): Promise<void>;
  /**
   * Reads what the key held at `revision` (1 or later), after everything that was acknowledged before, compactions included. The
   * result's `revision` is that of the current state. Rejects with `compacted` below the compacted revision (the compacted one
   * itself can be read), with `future-revision` if the system has not reached the revision.
   */
  readAt(key: string, revision: Revision, ask?: Ask): Promise<ReadResult>;
}
