/**
 * What a read mode promises. The verdict is relative to it: a stale read under `stale` is a measurement, under
 * `linearizable` a violation.
 *
 * - `linearizable`: every operation takes effect at one instant between invocation and answer.
 * - `linearizable-known-limits`: documented as up to date, with a known way to be stale (ZooKeeper's sync + read,
 *   Consul's default mode): a violation is found and reported as that known limit.
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
