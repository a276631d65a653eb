/** Watches by blocking queries: a query that Consul answers when the index is newer than the one it names. */
import { ClientError } from "../../core/errors.ts";
import type { Json, Revision } from "../../core/op.ts";
import type { WatchPromise } from "../../core/watch.ts";
import type { ConnectOptions, Endpoint } from "../adapter.ts";
import { type Ask, type Limits, limitsOf } from "../client/ask.ts";
import { Deliveries, endedBy } from "../client/deliveries.ts";
import {
  type Delivery,
  promiseOfWatch,
  type Subscription,
  type Told,
  type Watches,
  type WatchRequest,
} from "../client/watch.ts";
import { HttpConnection } from "./http.ts";
import { keyOf, pathOf, pathOfPrefix } from "./paths.ts";
import { type Found, query, textOf } from "./queries.ts";

const latest = {
  contract: "latest-state",
  from: false,
  prefix: true,
  previous: false,
  progress: false,
  atomic: false,
} as const;

/** `blocking` asks the leader; `blocking-stale` is answered by the node itself. */
export const watchPromises = {
  blocking: latest,
  "blocking-stale": latest,
} as const satisfies Record<string, WatchPromise>;

/** How long Consul holds a query to which there is no news. It adds up to a sixteenth. */
const waitSeconds = 10;
const heldMsMax = (waitSeconds * 1000 * 17) / 16;

export class ConsulWatches implements Watches {
  readonly #endpoint: Endpoint;
  readonly #options: ConnectOptions;
  readonly #open = new Set<BlockingQuery>();
  #isClosed = false;

  constructor(endpoint: Endpoint, options: ConnectOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
  }

  /** Every query has a connection of its own, whether or not that is asked for: it would hold up others for as long as it waits. */
  async open(request: WatchRequest, ask?: Ask): Promise<Subscription> {
    promiseOfWatch(watchPromises, request);
    if (this.#isClosed) throw new ClientError("not-connected", "the client is closed");
    const subscription = new BlockingQuery(this.#endpoint, request, this.#options, () =>
      this.#open.delete(subscription),
    );
    this.#open.add(subscription);
    try {
      await subscription.start(limitsOf(this.#options, ask));
      return subscription;
    } catch (reason) {
      await subscription.close();
      throw reason;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#open].map((subscription) => subscription.close()));
  }
}

class BlockingQuery implements Subscription {
  readonly #http: HttpConnection;
  readonly #options: ConnectOptions;
  readonly #target: WatchRequest["target"];
  readonly #path: string;
  readonly #forget: () => void;
  readonly #deliveries = new Deliveries({ whenOver: () => void this.#leave() });
  revision: Revision = 0;

  constructor(endpoint: Endpoint, request: WatchRequest, options: ConnectOptions, forget: () => void) {
    const { target, kind } = request;
    const path = "key" in target ? `${pathOf(target.key)}?` : `${pathOfPrefix(target.prefix)}&`;
    this.#http = new HttpConnection(endpoint, options);
    this.#options = options;
    this.#target = target;
    this.#path = kind === "blocking-stale" ? `${path}stale&` : path;
    this.#forget = forget;
  }

  /** Resolves when Consul has answered with the state from which the watch starts. */
  async start(limits: Limits): Promise<void> {
    const first = await this.#query(0, limits);
    this.revision = first.index ?? 0;
    this.#deliveries.push([this.#told(first)]);
    void this.#goOn(first);
  }

  next(): Promise<Delivery | undefined> {
    return this.#deliveries.next();
  }

  async close(): Promise<void> {
    this.#deliveries.close();
    await this.#leave();
  }

  /** Asks again when the reader has taken what came before: what changes meanwhile is in the next answer. */
  async #goOn(first: Found): Promise<void> {
    const deliveries = this.#deliveries;
    let last = first;
    let waitFor = nextIndex(0, first);
    try {
      for (;;) {
        await deliveries.taken();
        if (deliveries.isOver) return;
        const timeoutMs = heldMsMax + this.#options.timeoutMs;
        const found = await this.#query(waitFor, limitsOf(this.#options, { timeoutMs }));
        // Without news it is the same answer again, after the wait.
        if (found.index !== last.index || found.body !== last.body) deliveries.push([this.#told(found)]);
        waitFor = nextIndex(waitFor, found);
        last = found;
      }
    } catch (reason) {
      deliveries.end(endedBy(ClientError.from(reason).code));
    }
  }

  #query(index: Revision, limits: Limits): Promise<Found> {
    const wait = index === 0 ? "" : `index=${index}&wait=${waitSeconds}s`;
    return query(this.#http, `${this.#path}${wait}`.replace(/[?&]$/, ""), limits);
  }

  #told({ entries, index }: Found): Told {
    const revision = index === undefined ? {} : { revision: index };
    if ("key" in this.#target) {
      const [entry] = entries;
      const value = entry === undefined ? null : textOf(entry);
      return { f: "state", key: this.#target.key, value, ...revision };
    }
    const values = entries.map((entry): [string, Json] => [keyOf(entry), textOf(entry)]);
    return { f: "state", value: Object.fromEntries(values), ...revision };
  }

  async #leave(): Promise<void> {
    this.#forget();
    await this.#http.close();
  }
}

/**
 * The index to wait for next, as Consul documents it: 0, which does not wait, where the index went back; else at least 1, so
 * that the query waits at all. Source: https://developer.hashicorp.com/consul/api-docs/features/blocking
 */
export function nextIndex(before: Revision, { index = 0 }: Pick<Found, "index">): Revision {
  return index < before ? 0 : Math.max(1, index);
}
