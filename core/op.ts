import type { Brand } from "./brand.ts";
import type { OpError } from "./errors.ts";
import type { Nanos } from "./time.ts";

/** A node of a cluster: `n1`, `n2`, … */
export type NodeId = Brand<string, "NodeId">;
export const nodeId = (name: string): NodeId => name as NodeId;

/** Where a system puts an operation in its own order: etcd's revision, ZooKeeper's zxid, Consul's ModifyIndex. */
export type Revision = number;

/**
 * What the revision of a read is about. `store`: the state that was read, in which every change of any key up to that
 * revision is in place, and perhaps later ones. `key`: the key's own last change; only a read of an absent key has the
 * state's.
 */
export type RevisionScope = "store" | "key";

/** A directed link: packets from the first node to the second. */
export type Link = readonly [from: NodeId, to: NodeId];

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A request by a process: the operation's name, its key and its argument. */
export interface Call {
  readonly f: string;
  readonly key?: string;
  /** The argument: a write's value, a CAS's `[from, to]`; absent for a read. */
  readonly value?: Json;
  /** Reads only: the read mode, where it is not the run's. */
  readonly mode?: string;
}

/** What came back: a read's value (`null` for an absent key) and where the system put the operation in its order. */
export interface Result {
  readonly value?: Json;
  readonly revision?: Revision;
  /** Reads only: the revision of the write whose value was returned. One write has one revision, whichever node is read. */
  readonly modRevision?: Revision;
}

/**
 * `ok`: it happened, here is the result. `fail`: it definitely had no effect. `info`: unknown, it may have happened or
 * may yet.
 */
export type Outcome<O = Result> =
  | { readonly type: "ok"; readonly output: O }
  | { readonly type: "fail"; readonly error: OpError }
  | { readonly type: "info"; readonly error: OpError };

/**
 * An invocation and what became of it. Real-time order is the order of events: `a` is before `b` exactly when
 * `a.returnIndex < b.callIndex`. Times are for measuring and drawing.
 */
export interface Operation<C = Call, O = Result> {
  readonly process: number;
  readonly node?: NodeId;
  readonly call: C;
  readonly outcome: Outcome<O>;
  /** When the load generator meant it to start (open loop), a retry with the request that it repeats; absent if that is `invokedAt`. */
  readonly intendedAt?: Nanos;
  readonly invokedAt: Nanos;
  /** When the outcome was known. In the real-time order an `info` operation never ends, even if this is finite. */
  readonly completedAt: Nanos;
  /** Index of the invocation among the history's events. */
  readonly callIndex: number;
  /** Index of the outcome among the history's events; Infinity for `info` and for what was never answered. */
  readonly returnIndex: number;
}
