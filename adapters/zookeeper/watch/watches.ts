import { ClientError } from "../../../core/errors.ts";
import type { WatchPromise } from "../../../core/watch.ts";
import type { ConnectOptions, Endpoint } from "../../adapter.ts";
import { type Ask, type Limits, limitsOf } from "../../client/ask.ts";
import { Deliveries, endedBy } from "../../client/deliveries.ts";
import {
  type Delivery,
  follows,
  promiseOfWatch,
  type Subscription,
  type Watches,
  type WatchRequest,
} from "../../client/watch.ts";
import type { AskSession } from "../connection.ts";
import { keyOf, pathOf, revisionOf, root } from "../paths.ts";
import { addWatch, heardBy, type WatchEvent } from "../requests.ts";
import { Session, type SessionOptions } from "../session.ts";
import { changeOf } from "./events.ts";
import { namesTarget, OneShotWatch, valueTarget } from "./one-shot.ts";

/** Changes of one multi are events of their own. */
const nothingMore = { from: false, previous: false, progress: false, atomic: false } as const;

export const watchPromises = {
  "one-shot": { contract: "one-shot", prefix: false, beforeReads: true, ...nothingMore },
  children: { contract: "key-set", prefix: true, ...nothingMore },
  persistent: { contract: "every-event", prefix: false, ...nothingMore },
  "persistent-recursive": { contract: "every-event", prefix: true, ...nothingMore },
} as const satisfies Record<string, WatchPromise>;

/**
 * The watches of a client, on its session or on sessions of their own. Servers hold one watch for each kind and path of a session,
 * and send one event for all that it concerns: whoever watches the path in that session hears it.
 */
export class ZooKeeperWatches implements Watches {
  readonly #endpoint: Endpoint;
  readonly #session: Session;
  readonly #options: ConnectOptions & SessionOptions;
  readonly #open = new Set<ZooKeeperSubscription>();
  #isClosed = false;

  constructor(endpoint: Endpoint, session: Session, options: ConnectOptions & SessionOptions) {
    this.#endpoint = endpoint;
    this.#session = session;
    this.#options = options;
    session.onDisconnect(() => {
      for (const subscription of [...this.#open]) if (!subscription.isOwn) subscription.lost();
    });
  }

  async open(request: WatchRequest, ask?: Ask): Promise<Subscription> {
    promiseOfWatch(watchPromises, request);
    if (this.#isClosed) throw new ClientError("not-connected", "the client is closed");
    const session = request.own ? new Session(this.#endpoint, this.#options) : this.#session;
    const subscription = new ZooKeeperSubscription(session, request, this.#options, () =>
      this.#open.delete(subscription),
    );
    this.#open.add(subscription);
    try {
      await subscription.start(limitsOf(this.#options, ask));
      if (!this.#isClosed) return subscription;
      throw new ClientError("connection-lost", "the client closed its connection");
    } catch (reason) {
      await subscription.close();
      throw reason;
    }
  }

  /** Ends all. Those on the client's session end at the server with that. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const open = [...this.#open];
    await Promise.all(open.map((subscription) => (subscription.isOwn ? subscription.close() : undefined)));
    for (const subscription of open) subscription.abandon();
  }

  /** Ends all without a word to the servers. */
  abandon(): void {
    this.#isClosed = true;
    for (const subscription of [...this.#open]) subscription.abandon();
  }
}

class ZooKeeperSubscription implements Subscription {
  readonly isOwn: boolean;
  readonly #session: Session;
  readonly #options: ConnectOptions;
  readonly #request: WatchRequest;
  readonly #forget: () => void;
  readonly #deliveries: Deliveries;
  /** Removes what the server holds for it, in a session that others share. */
  #stop: () => void = () => {};
  revision = 0;

  constructor(session: Session, request: WatchRequest, options: ConnectOptions, forget: () => void) {
    this.#session = session;
    this.#request = request;
    this.#options = options;
    this.#forget = forget;
    this.isOwn = request.own === true;
    this.#deliveries = new Deliveries({
      ...(this.isOwn && { pause: (paused: boolean) => session.pause(paused) }),
      whenOver: () => void this.#leave(),
    });
    if (this.isOwn) session.onDisconnect(() => this.lost());
  }

  /** Resolves when the server holds the watch. */
  async start(limits: Limits): Promise<void> {
    const { target, kind } = this.#request;
    if (kind === "persistent" || kind === "persistent-recursive") {
      await this.#addWatch(kind === "persistent-recursive", limits);
      return;
    }
    const watched = "key" in target ? valueTarget(target.key) : namesTarget(target);
    const watch = new OneShotWatch(this.#session, watched, this.#deliveries);
    this.#stop = () => watch.stop();
    const first: AskSession = (request) => this.#session.ask(request, limits);
    const later: AskSession = (request) => this.#session.ask(request, limitsOf(this.#options));
    this.revision = await watch.start(first, later);
  }

  next(): Promise<Delivery | undefined> {
    return this.#deliveries.next();
  }

  async close(): Promise<void> {
    this.#deliveries.close();
    await this.#leave();
  }

  abandon(): void {
    this.#deliveries.close();
    this.#forget();
    if (this.isOwn) this.#session.abandon();
  }

  lost(): void {
    this.#deliveries.end(endedBy("connection-lost"));
  }

  async #addWatch(isRecursive: boolean, limits: Limits): Promise<void> {
    const { target } = this.#request;
    const path = "key" in target ? pathOf(target.key) : root;
    const heard = (event: WatchEvent) => {
      const key = keyOf(event.path);
      if (key !== undefined && follows(target, key)) this.#deliveries.push([changeOf(event)]);
    };
    this.#stop = () => this.#session.unwatch(path, heard);
    const { zxid } = await this.#session.ask(heardBy(addWatch(path, isRecursive), heard), limits);
    this.revision = revisionOf(zxid);
  }

  async #leave(): Promise<void> {
    this.#forget();
    if (!this.isOwn) {
      this.#stop();
      return;
    }
    // The server's farewell would wait behind what is not read.
    this.#session.pause(false);
    await this.#session.close();
  }
}
