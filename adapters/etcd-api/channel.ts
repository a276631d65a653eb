/**
 * One HTTP/2 connection to one node, for gRPC: calls with one question and one answer, and streams. It connects once and asks once:
 * for another connection, make another channel. It can be left for good, with its socket, whatever the node
 * does: an orderly end would wait for a paused node, or a cut link, as long as that lasts.
 */
import type { Socket } from "node:net";
import { ClientError } from "../../core/errors.ts";
import type { ConnectOptions, Endpoint } from "../adapter.ts";
import { hostPort } from "../addresses.ts";
import { openSocket } from "../client/socket.ts";
import { Conversation, type ConversationEvents } from "./conversation.ts";
import { decodeFrame, type Ending, endingIn, endingWithoutStatus } from "./framing.ts";
import { encodeFields, type Fields } from "./http2/hpack.ts";
import { Session } from "./http2/session.ts";
import type { Stream, StreamEvents } from "./http2/stream.ts";
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
  readonly #session: Session;
  readonly #headers: (to: Addressed) => readonly Buffer[];
  /** Calls without an ending: each takes one where the connection is lost. */
  readonly #calls = new Set<Pick<Exchange, "end">>();
  #state: "connecting" | "up" | "ended" = "connecting";
  #reason = "the connection was closed";
  #users = 0;
  #retired = false;

  /** Connects at once. `windowBytes`: what the node may send before it must wait for the reader. */
  constructor(
    endpoint: Endpoint,
    options: Pick<ConnectOptions, "tls" | "localAddress">,
    windowBytes = callsWindowBytes,
  ) {
    const address = hostPort(endpoint);
    this.#server = `${endpoint.node} (${address})`;
    this.#headers = headersTo(address, options.tls === undefined ? "http" : "https");
    const socket = openSocket(endpoint, options, ["h2"]);
    this.#socket = socket;
    socket.setNoDelay(true);
    let onUp = () => {};
    this.established = new Promise((resolve, reject) => {
      onUp = resolve;
      this.#watch(reject);
    });
    this.#session = new Session(windowBytes, {
      write: (bytes) => socket.write(bytes),
      settled: () => {
        this.#state = "up";
        onUp();
      },
      over: (error) => this.#leave(error),
    });
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

  /** True as soon as the session ends, even before the socket's `close` event. */
  get #isOver(): boolean {
    return !this.#session.isOpen || this.#socket.destroyed;
  }

  /**
   * Asks, on a channel that is up, and calls `done` once. Returns how to call the question off: `done` is not called
   * then. Throws `not-connected` where the request cannot leave.
   */
  ask(question: Question, done: (reply: Reply) => void): () => void {
    const exchange = new Exchange(this.#calls, done);
    exchange.begin(this.#open(question, exchange), question.frame);
    return () => exchange.callOff();
  }

  /** Opens a stream, on a channel that is up. Throws `not-connected` where the request cannot leave. */
  converse(to: Addressed, events: ConversationEvents): Conversation {
    const conversation = new Conversation(this.#calls, events);
    conversation.begin(this.#open(to, conversation));
    return conversation;
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
    this.#session.close();
    this.#socket.destroy();
  }

  #open(to: Addressed, events: StreamEvents): Stream {
    if (this.#isOver) throw this.#notConnected("the connection had been lost");
    return this.#session.open(this.#headers(to), events);
  }

  #watch(onFailure: (error: ClientError) => void): void {
    const socket = this.#socket;
    socket.on("data", (chunk: Buffer) => this.#session.receive(chunk));
    socket.on("error", (error: Error) => {
      this.#reason = messageOf(error);
    });
    socket.on("end", () => socket.destroy());
    socket.on("close", () => {
      this.#state = "ended";
      this.#session.close();
      onFailure(this.#notConnected(this.#reason));
      for (const call of this.#calls) call.end({ code: status.UNAVAILABLE, details: this.#reason });
    });
  }

  #leave(error: Error | undefined): void {
    if (error !== undefined) this.#reason = error.message;
    this.#socket.destroy();
  }

  #notConnected(reason: string): ClientError {
    return new ClientError("not-connected", `${this.#server}: ${reason}`);
  }
}

/** One call. */
class Exchange implements StreamEvents {
  readonly #calls: Set<Pick<Exchange, "end">>;
  readonly #done: (reply: Reply) => void;
  #stream: Stream | undefined;
  #chunks: Buffer[] = [];
  #httpStatus: string | undefined;
  #ending: Ending | undefined;

  /** `calls`: where it is until it has ended. */
  constructor(calls: Set<Pick<Exchange, "end">>, done: (reply: Reply) => void) {
    this.#calls = calls;
    this.#done = done;
  }

  begin(stream: Stream, frame: Buffer): void {
    this.#stream = stream;
    this.#calls.add(this);
    stream.write(frame, true);
  }

  callOff(): void {
    this.#calls.delete(this);
    this.#stream?.reset();
  }

  end(reply: Reply): void {
    if (!this.#calls.delete(this)) return;
    this.#done(reply);
    // The node has said all; what it does not want to hear any more must not wait for it.
    if (this.#stream?.hasSentAll === false) this.#stream.reset();
  }

  fields(fields: Fields): void {
    this.#httpStatus = fields[":status"] ?? this.#httpStatus;
    this.#ending ??= endingIn(fields);
    if (this.#ending !== undefined) this.#conclude(this.#ending);
  }

  data(bytes: Buffer): void {
    this.#chunks.push(bytes);
  }

  over(code: number): void {
    this.#conclude(this.#ending ?? endingWithoutStatus(this.#httpStatus, code));
  }

  #conclude(ending: Ending): void {
    if (ending.code !== status.OK) {
      this.end(ending);
      return;
    }
    const [first = nothing, ...others] = this.#chunks;
    const message = decodeFrame(others.length === 0 ? first : Buffer.concat(this.#chunks));
    if (message !== undefined) this.end({ ...ending, message });
    else if (this.#stream?.isOver)
      this.end({ code: status.INTERNAL, details: "the answer is not one message, though it is OK" });
  }
}

const nothing = Buffer.alloc(0);

/** Encodes the headers of requests to this address. What is the same in most of them is encoded once. */
function headersTo(authority: string, scheme: "http" | "https"): (to: Addressed) => readonly Buffer[] {
  const byPath = new Map<string, Buffer>();
  let timeout: { readonly text: string; readonly bytes: Buffer } = { text: "", bytes: nothing };
  return (to) => {
    let start = byPath.get(to.path);
    if (start === undefined) {
      start = encodeFields({
        ":method": "POST",
        ":scheme": scheme,
        ":path": to.path,
        ":authority": authority,
        "content-type": "application/grpc",
        te: "trailers",
      });
      byPath.set(to.path, start);
    }
    const parts = [start];
    if (to.timeout !== undefined) {
      if (to.timeout !== timeout.text)
        timeout = { text: to.timeout, bytes: encodeFields({ "grpc-timeout": to.timeout }) };
      parts.push(timeout.bytes);
    }
    if (to.token !== undefined) parts.push(encodeFields({ token: to.token }));
    return parts;
  };
}

/** Node reports several failed addresses of one name as one error without a text. */
function messageOf(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map(({ message }) => message).join("; ");
  return error.message;
}
