/** Capability `watch`: to be told of changes. */
import type { Json, Revision } from "../../core/op.ts";
import type { WatchNotice } from "../../core/watch.ts";
import type { Ask } from "./ask.ts";

export interface WatchRequest {
  /** A key, or every key that begins with a prefix. */
  readonly target: { readonly key: string } | { readonly prefix: string };
  /** One of the adapter's `promises.watches`. */
  readonly kind: string;
  /** The first revision whose changes are told, past or future. Absent: whatever changes from now on. */
  readonly from?: Revision;
  /** Whether to tell previous values. */
  readonly previous?: boolean;
  /** Whether the watch has a connection of its own, and so can be slow without slowing others of its client. */
  readonly own?: boolean;
}

/** One thing that a watcher was told; see core/watch.ts. */
export interface Told {
  readonly f: WatchNotice;
  readonly key?: string;
  readonly value?: Json;
  readonly previous?: Json;
  readonly revision?: Revision;
}

/** What arrived together. */
export type Delivery = readonly Told[];

/** A watch that is set. It ends with its client, with a `canceled` or an `ended`, and with `close`. */
export interface Subscription {
  /** Revision at which the system set it, if the system says so. */
  readonly revision?: Revision;
  /**
   * Resolves with the next delivery, in order; undefined once the watch is over and everything was read. Never rejects. A
   * watcher that does not ask is a slow one: after a bounded number of deliveries the client stops reading from the
   * network, if the watch has a connection of its own.
   */
  next(): Promise<Delivery | undefined>;
  /** Asks the system how far the watch has been told; the answer is a delivery of `progress`. Absent if the system cannot say. */
  progress?(ask?: Ask): Promise<void>;
  /** Ends the watch at the system. Never rejects. */
  close(ask?: Ask): Promise<void>;
}

export interface Watches {
  /** Resolves when the system has confirmed the watch. */
  open(request: WatchRequest, ask?: Ask): Promise<Subscription>;
}
