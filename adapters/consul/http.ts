import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { assert } from "../../core/assert.ts";
import type { Clock } from "../../core/clock.ts";
import { ClientError } from "../../core/errors.ts";
import { nanos } from "../../core/time.ts";
import type { ConnectOptions, Endpoint } from "../adapter.ts";
import { hostPort } from "../addresses.ts";
import { abortedError, type Limits, onAbort, throwIfAborted } from "../client/ask.ts";
import type { Part } from "../client/shared.ts";
import { type HttpPool, openPool, type PooledHandler } from "./http-pool.ts";

export interface HttpRequest {
  readonly method: "GET" | "PUT" | "POST";
  /** Path with its query. */
  readonly path: string;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * Asks one node, over connections of its own, or over those of a pool that others share. Each request goes out once: what failed
 * before it was written to a connection is `not-connected`, what failed after that `timeout` or `connection-lost`. An answer of any
 * status is an answer.
 */
export class HttpConnection {
  readonly #pool: Part<Promise<HttpPool>>;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #clock: Clock;
  readonly #server: string;
  readonly #exchanges = new Set<Exchange>();
  #closed = false;

  constructor(endpoint: Endpoint, options: ConnectOptions, shared?: Part<Promise<HttpPool>>) {
    const { token, clock } = options;
    this.#clock = clock;
    this.#server = `${endpoint.node} (${hostPort(endpoint)})`;
    this.#headers = token === undefined ? {} : { "x-consul-token": token };
    this.#pool = shared ?? ownPool(endpoint, options);
  }

  /** Rejects with a ClientError, at the deadline at the latest. */
  async ask(request: HttpRequest, { deadline, signal }: Limits): Promise<HttpAnswer> {
    const pool = await this.#pool.of;
    if (this.#closed) throw new ClientError("not-connected", "the client is closed");
    throwIfAborted(signal);
    const { method, path, body = null } = request;
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(this.#server, resolve, reject);
      const left = nanos(deadline - this.#clock.now());
      const cancel = this.#clock.after(left, () => exchange.giveUp());
      const stopListening = onAbort(signal, () => exchange.callOff());
      this.#exchanges.add(exchange);
      exchange.whenOver = () => {
        cancel();
        stopListening();
        this.#exchanges.delete(exchange);
      };
      exchange.takeBack = pool.dispatch({ method, path, body, headers: this.#headers }, exchange);
    });
  }

  /** Pending requests reject with `connection-lost`, those that have not left with `not-connected`. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const exchange of [...this.#exchanges]) exchange.lose();
    await this.#pool.leave();
  }
}

function ownPool(endpoint: Endpoint, options: ConnectOptions): Part<Promise<HttpPool>> {
  const pool = openPool(endpoint, options);
  return { of: pool, leave: async () => (await pool).close() };
}

/** One request and its answer, as reported by undici. */
class Exchange implements PooledHandler {
  readonly #server: string;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: ClientError) => void;
  /** Set when the request is about to be written. */
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  readonly #chunks: Buffer[] = [];
  #over = false;
  /** Called when the caller has its answer. */
  whenOver: () => void = nothing;
  whenDone: () => void = nothing;
  /** Takes the request out before it is sent. */
  takeBack: () => void = nothing;

  constructor(server: string, resolve: (answer: HttpAnswer) => void, reject: (error: ClientError) => void) {
    this.#server = server;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** The time is up. */
  giveUp(): void {
    const [code, what] =
      this.#controller === undefined
        ? (["not-connected", "no connection in time"] as const)
        : (["timeout", "no answer in time"] as const);
    this.#leave(new ClientError(code, `${this.#server}: ${what}`));
  }

  /** The caller does not want it any more. */
  callOff(): void {
    this.#leave(abortedError(this.#controller !== undefined));
  }

  /** The caller's client ends. */
  lose(): void {
    const code = this.#controller === undefined ? "not-connected" : "connection-lost";
    this.#leave(new ClientError(code, `${this.#server}: the client closed its connection`));
  }

  #leave(error: ClientError): void {
    this.#fail(error);
    // The connection goes with it: an answer that comes too late must not be taken for another's.
    if (this.#controller === undefined) this.takeBack();
    else this.#controller.abort(new Error(error.message));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    assert(!this.#over, "a request that nobody waits for must not be sent");
    assert(this.#controller === undefined, "a request must not be sent twice");
    this.#controller = controller;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.whenDone();
    if (this.#over) return;
    this.#end();
    const body = Buffer.concat(this.#chunks).toString();
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.whenDone();
    const code = this.#controller === undefined ? "not-connected" : "connection-lost";
    this.#fail(new ClientError(code, `${this.#server}: ${messageOf(error)}`, { cause: error }));
  }

  #fail(error: ClientError): void {
    if (this.#over) return;
    this.#end();
    this.#reject(error);
  }

  #end(): void {
    this.#over = true;
    this.whenOver();
  }
}

const nothing = () => {};

/** Message of an error: Node reports several failed addresses of one name as one error without a message. */
function messageOf(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map(({ message }) => message).join("; ");
  return error.message;
}
