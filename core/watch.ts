/**
 * Words for watches, shared by clients, workloads, checkers and reports: what a system promises to a watcher, and how
 * a history records what the watcher received.
 *
 * A watch is opened by an operation `watch`: its `key`, or `value.prefix`, is what it follows; its `value` is a
 * `WatchArgument`. Everything that the watcher hears after that is a notice `of` that invocation, one per change, in
 * the order in which it was received. Notices of one delivery (changes that arrived together) follow each other, all
 * but the last with `more`. A watch ends with `canceled`, `ended` or `closed`, or with its process. A compaction is an operation
 * `compact`, whose value is the revision before which history is discarded.
 */
import type { Revision } from "./op.ts";

/**
 * - `every-event`: each change once, in order of revisions, from the first that was asked for.
 * - `latest-state`: the state that the watch found when it was set, then the newest again and again; states between may be
 *   skipped, none may be older than the one before.
 * - `one-shot`: the state that a read found, which also registers the watch; one event, without data; then the next read
 *   and registration. What changes between the event and that read is not reported.
 * - `key-set`: like `one-shot`, for which keys of a prefix exist, whatever their values: its states are arrays of keys, its
 *   event is `changed`.
 */
export type WatchContract = "every-event" | "latest-state" | "one-shot" | "key-set";

/** What one kind of watch of a system promises, and what it can do. */
export interface WatchPromise {
  readonly contract: WatchContract;
  /** Whether it may start at a revision, past or future. */
  readonly from: boolean;
  /** Whether it can follow a prefix. */
  readonly prefix: boolean;
  /** Whether it tells previous values, where asked. */
  readonly previous: boolean;
  /** Whether the watcher can ask how far the reports have come. */
  readonly progress: boolean;
  /** One-shot only: a client receives the event before a read of its own shows the new data. */
  readonly beforeReads?: true;
  /** Whether all changes of one revision arrive in one delivery. */
  readonly atomic: boolean;
}

/** Argument of an operation `watch`. */
export type WatchArgument = {
  /** Name of a kind of watch of the system, one of its adapter's `promises.watches`. */
  readonly kind: string;
  /** Every key that begins with it. Absent: the operation's `key` is followed. */
  readonly prefix?: string;
  /** First revision whose changes are reported. Absent: whatever changes from now on. */
  readonly from?: Revision;
  /** Whether previous values are reported. */
  readonly previous?: boolean;
};

/**
 * `f` of the notices of a watch:
 * - `create`, `put`, `delete`: `key` was created, overwritten or deleted at `revision`; `value`, and with `previous` what
 *   it held before (null: it did not exist, or its history was compacted meanwhile: etcd looks previous values up when it
 *   sends an event). Revision and value are absent where the system does not tell them (a ZooKeeper event says only what
 *   kind of change it was; from 3.9 on also its zxid).
 * - `changed`: a key was created or deleted, perhaps one without the prefix; the system does not say which (`key-set`).
 * - `state`: the state of `key` (null: absent), or of everything below a prefix as an object (`key-set`: an array of
 *   keys); `revision` is the system's own: Consul's index, ZooKeeper's mzxid; for an absent key and for a set of keys the
 *   zxid of the state that was read.
 * - `progress`: everything up to `revision` has been reported.
 * - `canceled`: the system ended it, in its own words; `revision` is the one to which history was compacted, if that is why.
 * - `ended`: the connection broke, the node refused to go on, or the watcher was too slow (`overloaded`); `value` is the
 *   error's code. The watcher knows that it hears no more.
 * - `paused`, `resumed`: the watcher itself stopped reading, and reads again. Nothing reaches it in between.
 * - `closed`: the watcher itself ended it.
 */
export const watchNotices = [
  "create",
  "put",
  "delete",
  "changed",
  "state",
  "progress",
  "canceled",
  "ended",
  "paused",
  "resumed",
  "closed",
] as const;
export type WatchNotice = (typeof watchNotices)[number];
