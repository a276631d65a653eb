import { ClientError } from "../../../core/errors.ts";
import type { Json } from "../../../core/op.ts";
import type { WatchPromise } from "../../../core/watch.ts";
import type { ConnectOptions } from "../../adapter.ts";
import { type Ask, beforeSending, type Limits, limitsOf, throwIfAborted } from "../../client/ask.ts";
import { Deliveries, endedBy } from "../../client/deliveries.ts";
import {
  type Delivery,
  promiseOfWatch,
  type Subscription,
  type Told,
  type Watches,
  type WatchRequest,
} from "../../client/watch.ts";
import type { Communication, OwnCommunication } from "../communication.ts";
import { prefixRange } from "../ranges.ts";
import type { CreateWatch, WatchAnswer, WatchEvent } from "./messages.ts";
import { type StreamWatch, WatchStream } from "./stream.ts";

export const watchPromises = {
  stream: { contract: "every-event", from: true, prefix: true, previous: true, progress: true, atomic: true },
} as const satisfies Record<string, WatchPromise>;

/** The watches of a client: those without a connection of their own share one stream. */
export class EtcdWatches implements Watches {
  readonly #converse: Communication["converse"];
  readonly #connectOwn: () => OwnCommunication;
  readonly #options: ConnectOptions;
  readonly #open = new Set<EtcdSubscription>();
  #shared: { readonly stream: WatchStream; readonly connected: Promise<void> } | undefined;
  #isClosed = false;

  constructor(
    converse: Communication["converse"],
    connectOwn: () => OwnCommunication,
    options: ConnectOptions,
  ) {
    this.#converse = converse;
    this.#connectOwn = connectOwn;
    this.#options = options;
  }

  async open(request: WatchRequest, ask?: Ask): Promise<Subscription> {
    promiseOfWatch(watchPromises, request);
    const limits = limitsOf(this.#options, ask);
    throwIfAborted(limits.signal);
    if (this.#isClosed) throw new ClientError("not-connected", "the client is closed");
    const subscription = request.own
      ? await this.#openOwn(request, limits)
      : await this.#openShared(request, limits);
    if (this.#isClosed) {
      await subscription.close();
      throw new ClientError("connection-lost", "the client closed its connection");
    }
    return subscription;
  }

  /** Ends all, without a word to anybody. */
  close(): void {
    this.#isClosed = true;
    for (const subscription of [...this.#open]) void subscription.close();
    this.#shared?.stream.close();
  }

  async #openOwn(request: WatchRequest, limits: Limits): Promise<Subscription> {
    const { converse, close } = this.#connectOwn();
    const stream = new WatchStream(this.#options.clock);
    const subscription = this.#subscription(request, stream, close);
    try {
      await stream.connect(converse, limits);
      await subscription.create(limits);
      return subscription;
    } catch (reason) {
      await subscription.close();
      throw reason;
    }
  }

  async #openShared(request: WatchRequest, limits: Limits): Promise<Subscription> {
    const { clock } = this.#options;
    if (this.#shared === undefined || this.#shared.stream.isOver) {
      const stream = new WatchStream(clock);
      this.#shared = { stream, connected: stream.connect(this.#converse, limitsOf(this.#options)) };
    }
    const { stream, connected } = this.#shared;
    const late = () => new ClientError("not-connected", "no Watch stream before the deadline");
    await beforeSending(clock, limits, connected, late);
    const subscription = this.#subscription(request, stream);
    try {
      await subscription.create(limits);
      return subscription;
    } catch (reason) {
      await subscription.close();
      // A stream that does not answer is left to the watches that are on it.
      const isSilent = reason instanceof ClientError && reason.code === "timeout";
      if (isSilent && this.#shared?.stream === stream) this.#shared = undefined;
      throw reason;
    }
  }

  /** `hangUp`: ends the connection of its own. */
  #subscription(request: WatchRequest, stream: WatchStream, hangUp?: () => void): EtcdSubscription {
    const subscription = new EtcdSubscription(request, stream, hangUp, () => this.#open.delete(subscription));
    this.#open.add(subscription);
    return subscription;
  }
}

class EtcdSubscription implements Subscription, StreamWatch {
  readonly #request: WatchRequest;
  readonly #stream: WatchStream;
  readonly #hangUp: (() => void) | undefined;
  readonly #forget: () => void;
  readonly #deliveries: Deliveries;
  #id: string | undefined;
  revision = 0;

  constructor(
    request: WatchRequest,
    stream: WatchStream,
    hangUp: (() => void) | undefined,
    forget: () => void,
  ) {
    this.#request = request;
    this.#stream = stream;
    this.#hangUp = hangUp;
    this.#forget = forget;
    this.#deliveries = new Deliveries({
      ...(hangUp !== undefined && { pause: (paused: boolean) => stream.pause(paused) }),
      whenOver: () => this.#leave(),
    });
  }

  async create(limits: Limits): Promise<void> {
    const { watchId, header } = await this.#stream.create(creationOf(this.#request), this, limits);
    this.#id = watchId;
    this.revision = Number(header.revision);
    // It may have ended before anybody knew its number.
    if (this.#deliveries.isOver) this.#leave();
  }

  next(): Promise<Delivery | undefined> {
    return this.#deliveries.next();
  }

  async progress(): Promise<void> {
    this.#stream.requestProgress();
  }

  async close(): Promise<void> {
    this.#deliveries.close();
    this.#leave();
  }

  answer(answer: WatchAnswer): void {
    if (answer.canceled) this.#deliveries.end(canceledBy(answer));
    else if (answer.events.length > 0) this.#deliveries.push(answer.events.map((event) => this.#told(event)));
    else this.#deliveries.push([{ f: "progress", revision: Number(answer.header.revision) }]);
  }

  ended(error: ClientError): void {
    this.#deliveries.end(endedBy(error.code));
  }

  #told({ type, kv, prevKv }: WatchEvent): Told {
    const previous: Json = prevKv?.value.toString() ?? null;
    return {
      f: type === "DELETE" ? "delete" : kv.createRevision === kv.modRevision ? "create" : "put",
      key: kv.key.toString(),
      ...(type === "PUT" && { value: kv.value.toString() }),
      ...(this.#request.previous === true && { previous }),
      revision: Number(kv.modRevision),
    };
  }

  #leave(): void {
    this.#forget();
    if (this.#hangUp !== undefined) {
      this.#stream.close();
      this.#hangUp();
    } else if (this.#id !== undefined) this.#stream.cancel(this.#id);
  }
}

function creationOf({ target, from = 0, previous = false }: WatchRequest): CreateWatch {
  const range = "key" in target ? { key: Buffer.from(target.key) } : prefixRange(target.prefix);
  return {
    ...range,
    startRevision: String(from),
    progressNotify: true,
    prevKv: previous,
    fragment: true,
  };
}

/** etcd gives no reason where the history was compacted. */
const canceledBy = ({ compactRevision, cancelReason }: WatchAnswer): Told => ({
  f: "canceled",
  ...(cancelReason !== "" && { value: cancelReason }),
  ...(compactRevision !== "0" && { revision: Number(compactRevision) }),
});
