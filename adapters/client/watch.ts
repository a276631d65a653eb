/** Capability `watch`: reports of changes, without a request for each. */
import { ClientError } from "../../core/errors.ts";
import type { Json, Revision } from "../../core/op.ts";
import type { WatchNotice, WatchPromise } from "../../core/watch.ts";
import type { Ask } from "./ask.ts";

export interface WatchRequest {
  /** A key, or every key that begins with a prefix. */
  readonly target: { readonly key: string } | { readonly prefix: string };
  /** One of the adapter's `promises.watches`. */
  readonly kind: string;
  /** First revision whose changes are reported, past or future. Absent: whatever changes from now on. */
  readonly from?: Revision;
  /** Whether to tell previous values. */
  readonly previous?: boolean;
  /** Whether the watch has a connection of its own, and so can be slow without slowing others of its client. */
  readonly own?: boolean;
}

/** One message to a watcher; see core/watch.ts. */
export interface Told {
  readonly f: WatchNotice;
  readonly key?: string;
  readonly value?: Json;
  readonly previous?: Json;
  readonly revision?: Revision;
}

/** What arrived together. */
export type Delivery = readonly Told[];

/**
 * A watch that is set. It ends with a `canceled` or an `ended`, and without either when its client or the watch itself is
 * closed. It never reconnects: whoever wants to go on opens another one.
 */
export interface Subscription {
  /**
   * Revision of the node's state when it set the watch, if the system reports it. Without `from`, changes after that
   * revision are reported.
   */
  readonly revision?: Revision;
  /**
   * Resolves with the next delivery, in order; undefined once the watch is over and everything was read. Never rejects.
   * A watcher that does not ask is a slow one. Deliveries wait up to a bound (`Deliveries`); then a watch with a
   * connection of its own stops reading from the network, and one that shares its connection ends with `ended` and
   * `overloaded`.
   */
  next(): Promise<Delivery | undefined>;
  /**
   * Asks the system how far its reports have come. Resolves when the request has left; the answer, if the system gives
   * one, is a delivery of `progress`. Absent if the system cannot say.
   */
  progress?(ask?: Ask): Promise<void>;
  /** Ends the watch at the system; undelivered changes are dropped. Never rejects. */
  close(ask?: Ask): Promise<void>;
}

export interface Watches {
  /**
   * Resolves when the system has confirmed the watch. Rejects with a ClientError: `unsupported` if this kind of watch cannot
   * do what is asked. A start that was compacted is no error: the first delivery is `canceled`.
   */
  open(request: WatchRequest, ask?: Ask): Promise<Subscription>;
}

/** Throws `unsupported` unless a kind of watch of these can do what is asked. Returns its promise. */
export function promiseOfWatch(
  watches: Readonly<Record<string, WatchPromise>>,
  { kind, target, from, previous }: WatchRequest,
): WatchPromise {
  const promise = watches[kind];
  if (promise === undefined)
    throw new ClientError("unsupported", `no kind of watch ${kind}: ${Object.keys(watches).join(", ")}`);
  const lacking = [
    from !== undefined && !promise.from && "start at a revision",
    "prefix" in target && !promise.prefix && "follow a prefix",
    previous === true && !promise.previous && "tell previous values",
  ].filter((what) => what !== false);
  if (lacking.length > 0)
    throw new ClientError("unsupported", `a watch of the kind ${kind} cannot ${lacking.join(" or ")}`);
  return promise;
}

/** Whether a key is followed. */
export const follows = (target: WatchRequest["target"], key: string): boolean =>
  "key" in target ? target.key === key : key.startsWith(target.prefix);
