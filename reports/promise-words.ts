/** Promises of read modes and of kinds of watches, in words. */
import type { Consistency } from "../core/consistency.ts";
import type { WatchContract } from "../core/watch.ts";

interface PromiseWords {
  /** Follows "kept its promise of". */
  readonly reads: string;
  /** Follows "promise:". */
  readonly meaning: string;
  /** Why an anomaly that is marked as known does not count. */
  readonly known: string;
}

const allowed = "allowed by this read mode";

export const promiseWords: Readonly<Record<Consistency, PromiseWords>> = {
  linearizable: {
    reads: "linearizable reads",
    meaning:
      "linearizable, so every operation takes effect at one instant between its invocation and its answer",
    known: "measured here, judged by another checker",
  },
  "linearizable-known-limits": {
    reads: "up-to-date reads (known limits apart)",
    meaning: "up to date, with a known way to be stale; a violation is reported as that known limit",
    known: "a known limit, not counted",
  },
  sequential: {
    reads: "sequential reads",
    meaning: "each session sees one order and never goes back; stale reads are allowed",
    known: allowed,
  },
  "stale-monotonic": {
    reads: "monotonic reads",
    meaning: "stale reads are allowed, but revisions never go back within one client on one node",
    known: allowed,
  },
  stale: {
    reads: "reads of written values",
    meaning: "stale reads without bound; only values that were written may be read",
    known: allowed,
  },
};

/** Follows "promises". */
export const watchWords: Readonly<Record<WatchContract, string>> = {
  "every-event": "every change once, in order",
  "latest-state": "the newest state, never an older one after it",
  "one-shot": "one event for each registration, before the new data is seen",
  "key-set": "one event for each registration when a key appears or goes",
};
