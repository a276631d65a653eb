/** Capability `history`: a system that keeps old revisions until it is told to discard them. */
import type { Revision } from "../../core/op.ts";
import type { Ask } from "./ask.ts";

export interface KeptHistory {
  /**
   * Discards what was before `revision`; watches may still start there. Resolves when the cluster has agreed on it. Rejects with a
   * ClientError, definite if nothing was discarded: the revision does not exist yet, or was discarded already.
   */
  compact(revision: Revision, ask?: Ask): Promise<void>;
}
