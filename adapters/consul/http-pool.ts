/**
 * Keep-alive connections to one node, each with one request at a time; what finds none free waits its turn. Each is a client of
 * undici's. Its Pool would drop one that could not connect and still hand it requests from its queue: then there are more
 * connections than the limit, and `destroy` leaves some open. Nothing can be taken out of that queue either.
 */
import type { Dispatcher, Client as UndiciClient } from "undici";
import type { ConnectOptions, Endpoint } from "../adapter.ts";
import { hostPort } from "../addresses.ts";

/** A request's end as undici reports it. */
export interface PooledHandler extends Dispatcher.DispatchHandler {
  /** To be called once, after the last event. */
  whenDone: () => void;
}

/** A client of undici's: one connection, which it makes again where it is lost. */
export interface Client {
  readonly destroyed: boolean;
  dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): unknown;
  destroy(error?: Error): Promise<void>;
}

/** An attempt to connect that takes longer is given up for a new one: a healed link is found within this. */
const connectTimeoutMs = 1000;
/** How long an unused connection stays open, so that a client that seldom asks finds it ready. */
const idleMs = 60_000;

export class HttpPool {
  readonly #open: () => Client;
  readonly #most: number;
  readonly #all = new Set<Client>();
  /** The one that was used last is used next. */
  readonly #free: Client[] = [];
  /** Requests in their order. */
  readonly #waiting = new Set<(client: Client) => void>();

  constructor(open: () => Client, most: number) {
    this.#open = open;
    this.#most = most;
  }

  /** Sends a request once, when a connection is free. Returns how to take it back before it began to be written. */
  dispatch(request: Dispatcher.DispatchOptions, handler: PooledHandler): () => void {
    let client: Client | undefined;
    const begin = (free: Client) => {
      client = free;
      // Not at once: undici may be at the end of all that was queued for the connection.
      handler.whenDone = () => queueMicrotask(() => this.#release(free));
      free.dispatch(request, handler);
    };
    this.#waiting.add(begin);
    this.#serve();
    return () => {
      // The attempt to connect goes with it.
      if (!this.#waiting.delete(begin))
        void client?.destroy(new Error("nobody waits for the answer any more"));
    };
  }

  /** Resolves when the connections are closed. Nothing may be under way. */
  async close(): Promise<void> {
    await Promise.all([...this.#all].map((client) => client.destroy()));
  }

  #serve(): void {
    for (const begin of this.#waiting) {
      const client = this.#free.pop() ?? this.#another();
      if (client === undefined) return;
      this.#waiting.delete(begin);
      begin(client);
    }
  }

  #another(): Client | undefined {
    if (this.#all.size >= this.#most) return undefined;
    const client = this.#open();
    this.#all.add(client);
    return client;
  }

  #release(client: Client): void {
    if (client.destroyed) this.#all.delete(client);
    else this.#free.push(client);
    this.#serve();
  }
}

/** Loads undici when it is first needed: other systems do not wait for it. `most`: connections. */
export async function openPool(
  endpoint: Endpoint,
  { tls, timeoutMs, localAddress }: ConnectOptions,
  most = Number.POSITIVE_INFINITY,
): Promise<HttpPool> {
  // A bundle has a CommonJS package's members only in its default export.
  const { default: undici } = await import("undici");
  const origin = `${tls === undefined ? "http" : "https"}://${hostPort(endpoint)}`;
  const options: UndiciClient.Options = {
    ...(localAddress !== undefined && { localAddress }),
    pipelining: 1,
    keepAliveTimeout: idleMs,
    // The deadline of each request is kept by who asks.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      timeout: Math.min(timeoutMs, connectTimeoutMs),
      ...(tls !== undefined && { ca: tls.ca }),
      ...(tls?.certificate !== undefined && { cert: tls.certificate }),
      ...(tls?.key !== undefined && { key: tls.key }),
    },
  };
  return new HttpPool(() => new undici.Client(origin, options), most);
}
