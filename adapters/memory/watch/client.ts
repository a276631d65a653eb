/** Watches of a client of the in-memory system. */
import type { Clock } from "../../../core/clock.ts";
import { ClientError } from "../../../core/errors.ts";
import type { NodeId, Revision } from "../../../core/op.ts";
import { millis } from "../../../core/time.ts";
import type { WatchPromise } from "../../../core/watch.ts";
import { type Ask, abortedError, onAbort, throwIfAborted } from "../../client/ask.ts";
import { Deliveries, endedBy } from "../../client/deliveries.ts";
import { promiseOfWatch, type Subscription, type Watches, type WatchRequest } from "../../client/watch.ts";
import type { MemorySystem } from "../system.ts";
import type { OpenWatch } from "./teller.ts";

export const watchPromises = {
  stream: { contract: "every-event", from: true, prefix: true, previous: true, progress: true, atomic: true },
  latest: {
    contract: "latest-state",
    from: false,
    prefix: true,
    previous: false,
    progress: false,
    atomic: false,
  },
  "one-shot": {
    contract: "one-shot",
    from: false,
    prefix: false,
    previous: false,
    progress: false,
    atomic: false,
  },
} as const satisfies Record<string, WatchPromise>;

export class MemoryWatches implements Watches {
  readonly #system: MemorySystem;
  readonly #node: NodeId;
  readonly #timeoutMs: number;
  readonly #open = new Set<MemorySubscription>();
  #isConnected = true;

  constructor(system: MemorySystem, node: NodeId, timeoutMs: number) {
    this.#system = system;
    this.#node = node;
    this.#timeoutMs = timeoutMs;
  }

  async open(request: WatchRequest, ask: Ask = {}): Promise<Subscription> {
    promiseOfWatch(watchPromises, request);
    throwIfAborted(ask.signal);
    if (!this.#isConnected) throw new ClientError("not-connected", "the connection is gone");
    const subscription = new MemorySubscription(request, () => this.#open.delete(subscription));
    this.#open.add(subscription);
    await subscription.set(this.#system, this.#node, request, { timeoutMs: this.#timeoutMs, ...ask });
    return subscription;
  }

  /** The connection broke. */
  lost(): void {
    this.#isConnected = false;
    for (const subscription of [...this.#open]) subscription.lost();
  }

  /** The client ends. */
  close(): void {
    this.#isConnected = false;
    for (const subscription of [...this.#open]) void subscription.close();
  }
}

class MemorySubscription implements Subscription {
  readonly #deliveries: Deliveries;
  readonly #forget: () => void;
  #watch: OpenWatch | undefined;
  #fail: (error: ClientError) => void = () => {};
  revision: Revision = 0;
  readonly progress?: () => Promise<void>;

  constructor({ own, kind }: WatchRequest, forget: () => void) {
    this.#forget = forget;
    this.#deliveries = new Deliveries({
      ...(own === true && { pause: (paused: boolean) => this.#watch?.pause(paused) }),
      whenOver: () => this.#leave(),
    });
    if (kind === "stream") this.progress = async () => this.#watch?.progress?.();
  }

  /** Resolves when the node has set the watch. */
  set(
    system: MemorySystem,
    node: NodeId,
    request: WatchRequest,
    { timeoutMs, signal }: Ask & { readonly timeoutMs: number },
  ): Promise<void> {
    const { clock } = system;
    return new Promise((resolve, reject) => {
      const settled = this.#limits(clock, timeoutMs, signal);
      this.#fail = (error) => {
        settled();
        reject(error);
        this.#deliveries.close();
        this.#leave();
      };
      const deliveries = this.#deliveries;
      system.watch(node, request, {
        get isOver() {
          return deliveries.isOver;
        },
        opened: (revision, watch) => {
          if (deliveries.isOver) {
            watch.close();
            return;
          }
          settled();
          this.revision = revision;
          this.#watch = watch;
          resolve();
        },
        deliver: (delivery) => {
          const [first] = delivery;
          if (first?.f === "canceled") deliveries.end(first);
          else deliveries.push(delivery);
        },
      });
    });
  }

  next() {
    return this.#deliveries.next();
  }

  async close(): Promise<void> {
    this.#fail(new ClientError("connection-lost", "the watch was closed"));
    this.#deliveries.close();
    this.#leave();
  }

  lost(): void {
    this.#fail(new ClientError("connection-lost", "the node is gone"));
    this.#deliveries.end(endedBy("connection-lost"));
  }

  #limits(clock: Clock, timeoutMs: number, signal: AbortSignal | undefined): () => void {
    const late = () => this.#fail(new ClientError("timeout", `no answer within ${timeoutMs} ms`));
    const cancel = clock.after(millis(timeoutMs), late);
    const stopListening = onAbort(signal, () => this.#fail(abortedError(true)));
    return () => {
      cancel();
      stopListening();
      this.#fail = () => {};
    };
  }

  #leave(): void {
    this.#forget();
    this.#watch?.close();
  }
}
