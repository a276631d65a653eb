import type { Cancel, Clock } from "../../core/clock.ts";
import { ClientError } from "../../core/errors.ts";
import { millis, type Nanos } from "../../core/time.ts";
import { abortedError, type Limits, onAbort } from "../client/ask.ts";
import { isZkError, zkCode, zkError } from "./errors.ts";
import type { JuteReader } from "./jute.ts";
import { decodeEvent, decodeReply, encodeRequest, frameBytesMax, type ReplyHeader, xid } from "./packets.ts";
import { ping, type Request } from "./requests.ts";
import type { WatchRegistry } from "./watches.ts";
import type { Wire } from "./wire.ts";

/** A reply and the zxid that came with it: the state that it was made from; for a write, the write or a later one. */
export interface Reply<T> {
  readonly value: T;
  readonly zxid: bigint;
}

/** Requests of one operation, all with the same limits. */
export type AskSession = <T>(request: Request<T>) => Promise<Reply<T>>;

interface Pending {
  readonly number: number;
  readonly answer: (header: ReplyHeader, body: JuteReader) => void;
  readonly fail: (error: ClientError) => void;
}

export interface ConnectionOptions {
  readonly wire: Wire;
  /** The server's address, for messages. */
  readonly server: string;
  /** Session that the server granted. */
  readonly sessionTimeoutMs: number;
  readonly watches: WatchRegistry;
  readonly clock: Clock;
  /** Called with each reply's zxid. */
  readonly saw: (zxid: bigint) => void;
  /** Called when a reply reports that the session is gone. */
  readonly expired: () => void;
  /** Called once, when the connection has ended. */
  readonly ended: () => void;
}

/**
 * A connection on which a session is established. Requests go out at once and replies come in their order. It ends when
 * either side closes it, when a request got no answer while nothing else was heard, or when pings are not answered;
 * whatever is pending then rejects with `connection-lost`.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  /** Pending requests, in the order in which the server answers. */
  readonly #pending: Pending[] = [];
  /** Pending requests that are answered outside that order, by their numbers. */
  readonly #aside = new Map<number, Pending>();
  #number = 0;
  #usable = true;
  #paused = false;
  #heardAt: Nanos;
  #stopPings: Cancel;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#heardAt = options.clock.now();
    this.#stopPings = this.#schedulePing();
  }

  /** False once it has ended. */
  get usable(): boolean {
    return this.#usable;
  }

  /** Rejects with a ClientError, at the deadline at the latest. */
  ask<T>(request: Request<T>, limits: Limits): Promise<Reply<T>> {
    this.#number = (this.#number % 0x7fffffff) + 1;
    return this.#send(this.#number, request, limits, (pending) => this.#pending.push(pending));
  }

  /** Asks with one of the numbers that are answered outside the order. */
  askAside<T>(number: number, request: Request<T>, limits: Limits): Promise<Reply<T>> {
    return this.#send(number, request, limits, (pending) => this.#aside.set(number, pending));
  }

  /** A frame came. */
  take(frame: Buffer): void {
    this.#heardAt = this.#options.clock.now();
    try {
      const { header, body } = decodeReply(frame);
      this.#dispatch(header, body);
    } catch (reason) {
      this.end(`its reply could not be read: ${reason instanceof Error ? reason.message : reason}`);
    }
  }

  /** Ends the connection, for a reason on either side. */
  end(reason: string): void {
    if (!this.#usable) return;
    this.#usable = false;
    this.#stopPings();
    this.#options.wire.destroy();
    this.abandonPending(reason);
    this.#options.ended();
  }

  /** Stops reading from the network, or goes on. Pings keep the session alive meanwhile; their answers are not missed. */
  pause(paused: boolean): void {
    this.#paused = paused;
    this.#heardAt = this.#options.clock.now();
    this.#options.wire.pause(paused);
  }

  /** Rejects what is pending. The server may still carry it out. */
  abandonPending(reason: string): void {
    for (const { fail } of [...this.#pending, ...this.#aside.values()]) {
      fail(new ClientError("connection-lost", `${this.#options.server}: ${reason}`));
    }
  }

  #send<T>(
    number: number,
    request: Request<T>,
    { deadline, signal }: Limits,
    enqueue: (pending: Pending) => void,
  ): Promise<Reply<T>> {
    const { clock, wire, server, watches } = this.#options;
    const { watch } = request;
    const frame = encodeRequest(number, request);
    if (frame.length > frameBytesMax) {
      const limit = `${frame.length} bytes, and a server hangs up on more than ${frameBytesMax}`;
      return Promise.reject(new ClientError("rejected", `${request.what}: ${limit}`));
    }
    return new Promise((resolve, reject) => {
      const sentAt = clock.now();
      const done = () => {
        cancel();
        stopListening();
        if (watch !== undefined) watches.settled(watch);
      };
      const cancel = clock.after((deadline - sentAt) as Nanos, () => {
        stopListening();
        reject(new ClientError("timeout", `${server}: no answer to ${request.what} in time`));
        // A server that is merely slow still answers pings, and what others asked.
        if (this.#heardAt <= sentAt) this.end("the server fell silent");
      });
      // The reply is still awaited in its place, and nobody gets it.
      const stopListening = onAbort(signal, () => {
        cancel();
        reject(abortedError(true));
      });
      enqueue({
        number,
        answer: (header, body) => {
          done();
          this.#settle(request, header, body, resolve, reject);
        },
        fail: (error) => {
          done();
          reject(error);
        },
      });
      if (watch !== undefined) watches.sent(watch);
      wire.send(frame);
    });
  }

  #dispatch(header: ReplyHeader, body: JuteReader): void {
    if (header.xid === xid.ping) return;
    if (header.xid === xid.notification) {
      this.#options.watches.take(decodeEvent(body, header.zxid));
      return;
    }
    const aside = this.#aside.get(header.xid);
    this.#aside.delete(header.xid);
    const pending = aside ?? this.#pending.shift();
    if (pending?.number !== header.xid) {
      pending?.fail(new ClientError("connection-lost", `${this.#options.server}: replies out of order`));
      this.end("replies out of order");
      return;
    }
    if (header.zxid > 0n) this.#options.saw(header.zxid);
    pending.answer(header, body);
  }

  #settle<T>(
    request: Request<T>,
    { error, zxid }: ReplyHeader,
    body: JuteReader,
    resolve: (reply: Reply<T>) => void,
    reject: (error: ClientError) => void,
  ): void {
    const absent = error === zkCode.noNode && request.mayBeAbsent === true;
    if (error !== zkCode.ok && !absent) {
      const refusal = zkError(error, `${request.what} at ${this.#options.server}`);
      reject(refusal);
      if (isZkError(refusal, zkCode.sessionExpired)) {
        this.#options.expired();
        this.end("the session has expired");
      }
      return;
    }
    // At once, not when the promise is seen: the watch's first event may be in the next frame.
    if (request.watch !== undefined) this.#options.watches.add(request.watch, absent);
    try {
      resolve({ value: absent ? (undefined as T) : request.read(body), zxid });
    } catch (reason) {
      reject(ClientError.from(reason));
    }
  }

  /** Every third of the session's time; a server that stays silent for two thirds is given up, as ZooKeeper's own client does. */
  #schedulePing(): Cancel {
    const { clock, wire, sessionTimeoutMs } = this.#options;
    const interval = millis(sessionTimeoutMs / 3);
    return clock.after(interval, () => {
      if (!this.#paused && clock.now() - this.#heardAt > 2 * interval) {
        this.end("nothing was heard for two thirds of the session's time");
        return;
      }
      wire.send(encodeRequest(xid.ping, ping));
      this.#stopPings = this.#schedulePing();
    });
  }
}
