/**
 * What a read mode's promise requires of a history, for any model: whether reads must be fresh, whether known limits may
 * excuse them, and in which order a session's operations must see the states. Updates must always be linearizable.
 */
import type { Consistency, KnownLimit } from "../core/consistency.ts";
import type { Call } from "../core/op.ts";
import type { Checker } from "./checker.ts";
import { linearizable } from "./linearizability/linearizable.ts";
import type { Model } from "./model.ts";
import { pastReads, type SessionOrder } from "./past-reads/past-reads.ts";
import { isRead } from "./reads/is-read.ts";

/**
 * - `fresh`: reads are linearizable, like updates.
 * - `fresh-or-excused`: the same, except for reads that meet a known limit.
 * - `past`: reads see states that the updates left, perhaps long ago.
 */
type Reads = "fresh" | "fresh-or-excused" | "past";

const requirements: Readonly<Record<Consistency, { readonly reads: Reads; readonly order: SessionOrder }>> = {
  linearizable: { reads: "fresh", order: "none" },
  "linearizable-known-limits": { reads: "fresh-or-excused", order: "none" },
  sequential: { reads: "past", order: "operations" },
  "stale-monotonic": { reads: "past", order: "reads" },
  stale: { reads: "past", order: "none" },
};

/** What a read mode with that promise requires of reads. */
export const requiredOfReads = (
  promise: Consistency,
): { readonly reads: Reads; readonly order: SessionOrder } => requirements[promise];

export interface PromiseOptions {
  /** The known limits of the read mode; absent: it has none, and every stale read is a violation. */
  readonly limits?: readonly KnownLimit[];
  /** The model's own checkers of reads; they replace `pastReads` where reads need not be fresh. */
  readonly reads?: readonly Checker[];
}

/** The checkers for a history of `model` under a read mode with this promise. */
export function judgedUnder(promise: Consistency, model: Model, options: PromiseOptions = {}): Checker[] {
  const { reads, order } = requirements[promise];
  const { limits = [], reads: own } = options;
  switch (reads) {
    case "fresh":
      return [linearizable({ model }), ...(own ?? [])];
    case "fresh-or-excused":
      return [linearizable({ model, limits }), ...(own ?? [])];
    case "past": {
      const why = `this read mode promises ${promise} reads, which may be old`;
      const holds = (call: Call) => !isRead(model, call);
      return [linearizable({ model, only: { holds, why } }), ...(own ?? [pastReads({ model, order })])];
    }
  }
}
