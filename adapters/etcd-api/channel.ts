/**
 * One HTTP/2 connection to one node, for gRPC: calls with one question and one answer, and streams. It connects once and asks once:
 * for another connection, make another channel. It can be left for good, with its socket, whatever the node
 * does: an orderly end would wait for a paused node, or a cut link, as long as that lasts.
 */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from "node:http2";
import type { Socket } from "node:net";
import { ClientError } from "../../core/errors.ts";
import type { ConnectOptions, Endpoint } from "../adapter.ts";
import { hostPort } from "../addresses.ts";
import { openSocket } from "../client/socket.ts";
import { Conversation, type ConversationEvents } from "./conversation.ts";
import { decodeFrame, type Ending, endingIn, endingOfHttp, endingOfReset } from "./framing.ts";
import { status } from "./status.ts";

/** Headers of a request. */
export interface Addressed {
  /** `/etcdserverpb.KV/Range` */
  readonly path: string;
  /** As the header `grpc-timeout` has it. Absent: no limit. */
  readonly timeout?: string;
  /** The token of a log-in. */
  readonly token: string | undefined;
}

export interface Question extends Addressed {
  readonly frame: Buffer;
}

/** How a call ended; with the answer, without its frame, where it ended well. */
export interface Reply extends Ending {
  readonly message?: Buffer;
}

/** A window of flow control that a large list does not fill. */
const callsWindowBytes = 8 << 20;

export class Channel {
  /** Resolves when the node has shown that it speaks HTTP/2. Rejects with `not-connected` and the reason. */
  readonly established: Promise<void>;
  readonly #server: string;
  readonly #socket: Socket;
  readonly #session: ClientHttp2Session;
  readonly #windowBytes: number;
  readonly #fixedHeaders: Readonly<Record<string, string>>;
  /** Calls without an ending: each takes one where the connection is lost. */
  readonly #calls = new Set<Pick<Exchange, "end">>();
  #state: "connecting" | "up" | "ended" = "connecting";
  #users = 0;
  #retired = false;

  /** Connects at once. `windowBytes`: what the node may send before it must wait for the reader. */
  constructor(
    endpoint: Endpoint,
    options: Pick<ConnectOptions, "tls" | "localAddress">,
    windowBytes = callsWindowBytes,
  ) {
    this.#windowBytes = windowBytes;
    const address = hostPort(endpoint);
    this.#server = `${endpoint.node} (${address})`;
    this.#socket = openSocket(endpoint, options, ["h2"]);
    const scheme = options.tls === undefined ? "http" : "https";
    this.#session = connect(`${scheme}://${address}`, {
      createConnection: () => this.#socket,
      settings: { enablePush: false, initialWindowSize: windowBytes },
      // A request that waits for memory in here would be reported as the node's own delay.
      maxSessionMemory: Number.MAX_SAFE_INTEGER,
    });
    this.#fixedHeaders = {
      ":method": "POST",
      ":scheme": scheme,
      ":authority": address,
      "content-type": "application/grpc",
      te: "trailers",
    };
    this.established = new Promise((resolve, reject) => this.#watch(resolve, reject));
    // Nobody may be waiting for it.
    this.established.catch(() => {});
  }

  get isUp(): boolean {
    return this.#state === "up" && !this.#isOver;
  }

  /** True if it takes no more calls: it failed, it was lost, or the node said goodbye. */
  get hasEnded(): boolean {
    return this.#state === "ended" || this.#isOver;
  }

  /** True as soon as the session ends, even before its `close` event. */
  get #isOver(): boolean {
    return this.#session.closed || this.#session.destroyed;
  }

  /**
   * Asks, on a channel that is up, and calls `done` once. Returns how to call the question off: `done` is not called
   * then. Throws `not-connected` where the request cannot leave.
   */
  ask(question: Question, done: (reply: Reply) => void): () => void {
    const exchange = new Exchange(this.#request(question), this.#calls, done);
    exchange.send(question.frame);
    return () => exchange.callOff();
  }

  /** Opens a stream, on a channel that is up. Throws `not-connected` where the request cannot leave. */
  converse(to: Addressed, events: ConversationEvents): Conversation {
    return new Conversation(this.#request(to), this.#calls, events);
  }

  /** Somebody waits for it or asks on it. Returns how to say that this is over. */
  enter(): () => void {
    this.#users++;
    return () => {
      this.#users--;
      if (this.#retired && this.#users === 0) this.destroy();
    };
  }

  /** Goes when those that use it are done. */
  retire(): void {
    this.#retired = true;
    if (this.#users === 0) this.destroy();
  }

  /** Goes at once. */
  destroy(): void {
    this.#session.destroy();
    this.#socket.destroy();
  }

  #request({ path, timeout, token }: Addressed): ClientHttp2Stream {
    const headers = {
      ...this.#fixedHeaders,
      ":path": path,
      ...(timeout !== undefined && { "grpc-timeout": timeout }),
      ...(token !== undefined && { token }),
    };
    try {
      return this.#session.request(headers);
    } catch (cause) {
      throw this.#notConnected("the connection had been lost", cause);
    }
  }

  #watch(onUp: () => void, onFailure: (error: ClientError) => void): void {
    const session = this.#session;
    // The session forgets a socket that it has destroyed, which may still fail.
    this.#socket.on("error", ignore);
    let reason = "the connection was closed";
    session.once("connect", () => session.setLocalWindowSize(this.#windowBytes));
    session.once("remoteSettings", () => {
      if (this.#state === "connecting") this.#state = "up";
      onUp();
    });
    session.on("error", (error: Error) => {
      reason = messageOf(error);
    });
    session.on("close", () => {
      this.#state = "ended";
      onFailure(this.#notConnected(reason));
      for (const exchange of this.#calls) exchange.end({ code: status.UNAVAILABLE, details: reason });
    });
  }

  #notConnected(reason: string, cause?: unknown): ClientError {
    return new ClientError("not-connected", `${this.#server}: ${reason}`, { cause });
  }
}

/** One call's stream. */
class Exchange {
  readonly #stream: ClientHttp2Stream;
  readonly #open: Set<Pick<Exchange, "end">>;
  readonly #done: (reply: Reply) => void;
  readonly #chunks: Buffer[] = [];
  #httpStatus = 200;
  #ending: Ending | undefined;

  /** `open`: where it is until it has ended. */
  constructor(stream: ClientHttp2Stream, open: Set<Pick<Exchange, "end">>, done: (reply: Reply) => void) {
    this.#stream = stream;
    this.#open = open;
    this.#done = done;
  }

  send(frame: Buffer): void {
    const stream = this.#stream;
    this.#open.add(this);
    stream.on("response", (headers) => {
      this.#httpStatus = headers[":status"] ?? 200;
      this.#take(headers);
    });
    stream.on("data", (chunk: Buffer) => this.#chunks.push(chunk));
    stream.on("trailers", (headers) => this.#take(headers));
    stream.on("error", ignore);
    stream.on("close", () => this.#conclude(this.#ending ?? this.#endingWithoutStatus()));
    stream.end(frame);
  }

  callOff(): void {
    this.#open.delete(this);
    this.#stream.close(constants.NGHTTP2_CANCEL);
  }

  end(reply: Reply): void {
    if (!this.#open.delete(this)) return;
    this.#done(reply);
    // The node has said all; what it does not want to hear any more must not wait for it.
    if (!this.#stream.writableFinished) this.#stream.close(constants.NGHTTP2_CANCEL);
  }

  #take(headers: IncomingHttpHeaders): void {
    this.#ending ??= endingIn(headers);
    if (this.#ending !== undefined) this.#conclude(this.#ending);
  }

  #conclude(ending: Ending): void {
    if (ending.code !== status.OK) {
      this.end(ending);
      return;
    }
    const [first = nothing, ...others] = this.#chunks;
    const message = decodeFrame(others.length === 0 ? first : Buffer.concat(this.#chunks));
    if (message !== undefined) this.end({ ...ending, message });
    else if (this.#stream.closed)
      this.end({ code: status.INTERNAL, details: "the answer is not one message, though it is OK" });
  }

  #endingWithoutStatus(): Ending {
    return this.#httpStatus === 200 ? endingOfReset(this.#stream.rstCode) : endingOfHttp(this.#httpStatus);
  }
}

const nothing = Buffer.alloc(0);
/** What a stream fails of is in its code. */
const ignore = () => {};

/** Node reports several failed addresses of one name as one error without a text. */
function messageOf(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map(({ message }) => message).join("; ");
  return error.message;
}
