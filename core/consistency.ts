/**
 * What a read mode promises. The verdict is relative to it: a stale read under `stale` is a measurement, under
 * `linearizable` a violation.
 *
 * - `linearizable`: every operation takes effect at one instant between invocation and answer.
 * - `linearizable-known-limits`: documented as up to date, with known ways to be stale (ZooKeeper's sync + read,
 *   Consul's default mode): a stale read that meets a `KnownLimit` is reported as such, any other is a violation.
 * - `sequential`: each session sees one order, never going back; stale allowed.
 * - `stale-monotonic`: stale allowed; revisions never go back within one client on one node.
 * - `stale`: stale allowed without bound; only values that were written may be read.
 *
 * Writes and CAS are linearizable in every mode.
 */
export type Consistency =
  | "linearizable"
  | "linearizable-known-limits"
  | "sequential"
  | "stale-monotonic"
  | "stale";

export const promisesFreshReads = (promise: Consistency): boolean => promise.startsWith("linearizable");

/** What one read mode of a system promises. */
export interface ReadPromise {
  readonly consistency: Consistency;
  /** What a read may miss all the same; only with `linearizable-known-limits`. */
  readonly limits?: readonly KnownLimit[];
}

/**
 * A documented way to be stale. It excuses a stale read only where the node that answered it and the times of
 * question and answer meet the condition:
 *
 * - `deposed-leader`: the node led when it was paused, and answered until `boundMs` after it was resumed; or it led when
 *   it was cut off from a majority, and answered until `leaseMs` after that.
 * - `new-leader`: the node answered until `boundMs` after it was first seen to lead. Where followers pass reads on
 *   (`forwarded`), also what any node answered until then, if it was asked before an update was acknowledged under the
 *   new leader: one that has acknowledged an update has applied all that came before it.
 */
export interface KnownLimit {
  /** What people call it: `deposed leader`. */
  readonly name: string;
  readonly condition: "deposed-leader" | "new-leader";
  /** Milliseconds, until the answer. */
  readonly boundMs: number;
  /** Milliseconds for which a leader that is cut off goes on answering. Absent: a leader that is cut off is not excused. */
  readonly leaseMs?: number;
  /** Whether a node that does not lead passes reads on to the one that does. */
  readonly forwarded?: boolean;
  /** Why it is so, in one sentence. */
  readonly sentence: string;
}

/**
 * What a system promises of sessions. `renewal`: what the answer to a keep-alive proves.
 * - `counted`: the session lives for its whole time from when the keep-alive was sent (etcd).
 * - `received`: the node received it. Another node counts the time, and may have missed it around a fault: ZooKeeper's followers
 *   answer pings themselves, and a deposed Consul leader answers renewals.
 */
export interface SessionPromise {
  readonly renewal: "counted" | "received";
}
