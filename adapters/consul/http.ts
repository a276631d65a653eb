import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher, Pool } from "undici";
import { assert } from "../../core/assert.ts";
import type { Clock } from "../../core/clock.ts";
import { ClientError } from "../../core/errors.ts";
import { nanos } from "../../core/time.ts";
import type { ConnectOptions, Endpoint } from "../adapter.ts";
import { hostPort } from "../addresses.ts";
import { abortedError, type Limits, onAbort, throwIfAborted } from "../client/ask.ts";

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

/** An attempt to connect that takes longer is given up for a new one: a healed link is found within this. */
const connectTimeoutMs = 1000;
/** How long an unused connection stays open, so that a client that seldom asks finds it ready. */
const idleMs = 60_000;

/**
 * Keep-alive connections to one node. Each request goes out once: what failed before it was written to a connection is
 * `not-connected`, what failed after that `timeout` or `connection-lost`. An answer of any status is an answer.
 */
export class HttpConnection {
  /** Loaded when it is first needed: other systems do not wait for it. */
  readonly #pool: Promise<Pool>;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #clock: Clock;
  readonly #server: string;
  #closed = false;

  constructor(endpoint: Endpoint, options: ConnectOptions) {
    const { tls, token, timeoutMs, clock, localAddress } = options;
    this.#clock = clock;
    this.#server = `${endpoint.node} (${hostPort(endpoint)})`;
    this.#headers = token === undefined ? {} : { "x-consul-token": token };
    this.#pool = openPool(`${tls === undefined ? "http" : "https"}://${hostPort(endpoint)}`, {
      ...(localAddress !== undefined && { localAddress }),
      pipelining: 1,
      keepAliveTimeout: idleMs,
      // The deadline of each request is kept here.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        timeout: Math.min(timeoutMs, connectTimeoutMs),
        ...(tls !== undefined && { ca: tls.ca }),
        ...(tls?.certificate !== undefined && { cert: tls.certificate }),
        ...(tls?.key !== undefined && { key: tls.key }),
      },
    });
  }

  /** Rejects with a ClientError, at the deadline at the latest. */
  async ask(request: HttpRequest, { deadline, signal }: Limits): Promise<HttpAnswer> {
    const pool = await this.#pool;
    if (this.#closed) throw new ClientError("not-connected", "the client is closed");
    throwIfAborted(signal);
    const { method, path, body = null } = request;
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(this.#server, resolve, reject);
      const left = nanos(deadline - this.#clock.now());
      const cancel = this.#clock.after(left, () => exchange.giveUp());
      const stopListening = onAbort(signal, () => exchange.callOff());
      exchange.whenOver = () => {
        cancel();
        stopListening();
      };
      pool.dispatch({ method, path, body, headers: this.#headers }, exchange);
    });
  }

  /** Pending requests reject with `connection-lost`. */
  async close(): Promise<void> {
    this.#closed = true;
    await (await this.#pool).destroy(new Error("the client closed its connection"));
  }
}

async function openPool(origin: string, options: Pool.Options): Promise<Pool> {
  // A bundle has a CommonJS package's members only in its default export.
  const { default: undici } = await import("undici");
  return new undici.Pool(origin, options);
}

/** One request and its answer, as reported by undici. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #server: string;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: ClientError) => void;
  /** Set when the request is about to be written. */
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  readonly #chunks: Buffer[] = [];
  #over = false;
  whenOver: () => void = () => {};

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

  #leave(error: ClientError): void {
    this.#fail(error);
    // The connection goes with it: an answer that comes too late must not be taken for another's.
    this.#controller?.abort(new Error(error.message));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#over) {
      controller.abort(new Error("nobody waits for the answer any more"));
      return;
    }
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
    if (this.#over) return;
    this.#end();
    const body = Buffer.concat(this.#chunks).toString();
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
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

/** Message of an error: Node reports several failed addresses of one name as one error without a message. */
function messageOf(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map(({ message }) => message).join("; ");
  return error.message;
}
