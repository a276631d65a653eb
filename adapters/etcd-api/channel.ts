/**
 * One HTTP/2 connection to one node, for calls of gRPC with one question and one answer. It connects once and asks once:
 * whoever wants another connection makes another channel. It can be left for good, with its socket, whatever the node
 * does: an orderly end would wait for a paused node, or a cut link, as long as that lasts.
 */
import { type ClientHttp2Session, connect, constants } from "node:http2";
import { type Socket, connect as tcpConnect } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { ClientError } from "../../core/errors.ts";
import type { Endpoint, Tls } from "../adapter.ts";
import { hostPort } from "../addresses.ts";
import { decodeFrame, type Ending, endingIn, endingOfHttp, endingOfReset } from "./framing.ts";
import { status } from "./status.ts";

export interface Question {
  /** `/etcdserverpb.KV/Range` */
  readonly path: string;
  readonly frame: Buffer;
  /** As the header `grpc-timeout` has it. */
  readonly timeout: string;
  /** Of a log-in. */
  readonly token: string | undefined;
}

/** How a call ended; with the answer, without its frame, where it ended well. */
export interface Reply extends Ending {
  readonly message?: Buffer;
}

/** A window of flow control that a large list does not fill. */
const windowBytes = 8 << 20;

export class Channel {
  /** Resolves when the node has shown that it speaks HTTP/2. Rejects with `not-connected` and the reason. */
  readonly established: Promise<void>;
  readonly #server: string;
  readonly #socket: Socket;
  readonly #session: ClientHttp2Session;
  readonly #fixedHeaders: Readonly<Record<string, string>>;
  /** Calls without an ending: each takes one where the connection is lost. */
  readonly #calls = new Set<(reply: Reply) => void>();
  #state: "connecting" | "up" | "ended" = "connecting";
  #users = 0;
  #retired = false;

  /** Connects at once. */
  constructor(endpoint: Endpoint, tls: Tls | undefined) {
    const address = hostPort(endpoint);
    this.#server = `${endpoint.node} (${address})`;
    this.#socket = openSocket(endpoint, tls);
    const scheme = tls === undefined ? "http" : "https";
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

  /** It takes no more calls: it failed, it was lost, or the node said good-bye. */
  get hasEnded(): boolean {
    return this.#state === "ended" || this.#isOver;
  }

  /** Before the session's own event tells. */
  get #isOver(): boolean {
    return this.#session.closed || this.#session.destroyed;
  }

  /**
   * Asks, on a channel that is up, and calls `done` once. Returns how to call the question off: `done` is not called
   * then. Throws `not-connected` where the request cannot leave.
   */
  ask(question: Question, done: (reply: Reply) => void): () => void {
    const stream = this.#request(question);
    const chunks: Buffer[] = [];
    let ending: Ending | undefined;
    let httpStatus = 200;
    const settle = (reply: Reply) => {
      if (!this.#calls.delete(settle)) return;
      done(reply);
      // The node has said all; what it does not want to hear any more must not wait for it.
      if (!stream.writableFinished) stream.close(constants.NGHTTP2_CANCEL);
    };
    this.#calls.add(settle);
    const conclude = (last: Ending) => {
      if (last.code !== status.OK) return settle(last);
      const message = decodeFrame(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
      if (message !== undefined) return settle({ ...last, message });
      if (stream.closed)
        settle({ code: status.INTERNAL, details: "the answer is not one message, though it is OK" });
    };
    stream.on("response", (headers) => {
      httpStatus = headers[":status"] ?? 200;
      ending = endingIn(headers);
      if (ending !== undefined) conclude(ending);
    });
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("trailers", (headers) => {
      ending ??= endingIn(headers);
      if (ending !== undefined) conclude(ending);
    });
    // It follows an error, too, which says no more than the code.
    stream.on("error", () => {});
    stream.on("close", () => {
      if (ending === undefined && httpStatus !== 200) conclude(endingOfHttp(httpStatus));
      else conclude(ending ?? endingOfReset(stream.rstCode));
    });
    stream.end(question.frame);
    return () => {
      this.#calls.delete(settle);
      stream.close(constants.NGHTTP2_CANCEL);
    };
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

  #request({ path, timeout, token }: Question) {
    const headers = {
      ...this.#fixedHeaders,
      ":path": path,
      "grpc-timeout": timeout,
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
    this.#socket.on("error", () => {});
    let reason = "the connection was closed";
    session.once("connect", () => session.setLocalWindowSize(windowBytes));
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
      for (const settle of this.#calls) settle({ code: status.UNAVAILABLE, details: reason });
    });
  }

  #notConnected(reason: string, cause?: unknown): ClientError {
    return new ClientError("not-connected", `${this.#server}: ${reason}`, { cause });
  }
}

function openSocket({ host, port }: Endpoint, tls: Tls | undefined): Socket {
  if (tls === undefined) return tcpConnect({ host, port });
  const { ca, certificate, key } = tls;
  return tlsConnect({
    host,
    port,
    ca,
    ALPNProtocols: ["h2"],
    ...(certificate !== undefined && { cert: certificate }),
    ...(key !== undefined && { key }),
  });
}

/** Node reports several failed addresses of one name as one error without a text. */
function messageOf(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map(({ message }) => message).join("; ");
  return error.message;
}
