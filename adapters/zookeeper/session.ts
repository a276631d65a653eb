import type { Clock } from "../../core/clock.ts";
import { ClientError } from "../../core/errors.ts";
import { millis, type Nanos, nanos } from "../../core/time.ts";
import type { ConnectOptions, Endpoint } from "../adapter.ts";
import { hostPort } from "../addresses.ts";
import { beforeSending, type Limits, throwIfAborted } from "../client/ask.ts";
import { Connection, type Reply } from "./connection.ts";
import { zkCode, zkError } from "./errors.ts";
import { decodeConnect, encodeConnect, type SessionId, xid } from "./packets.ts";
import {
  closeSession,
  digest,
  type Request,
  removeWatches,
  setWatches,
  type Watch,
  type WatchEvent,
} from "./requests.ts";
import { WatchRegistry } from "./watches.ts";
import { openWire } from "./wire.ts";

export interface SessionOptions extends Pick<ConnectOptions, "tls" | "user"> {
  /** Requested time without a sign of life after which the session ends. The server has bounds of its own. */
  readonly sessionTimeoutMs: number;
  readonly clock: Clock;
}

const noSession: SessionId = { id: 0n, password: Buffer.alloc(16) };

/** Closing waits for the server this long, so that the session does not linger. */
const farewellMs = 500;

/**
 * A ZooKeeper session. It is at one server at a time and outlives its connections: `ask` on a session that has lost its
 * connection makes another one to the same server, `moveTo` to another server. Nothing is asked twice: what was pending
 * when a connection broke has rejected with `connection-lost`. A session that the server has given up rejects once with
 * `session-expired`; what is asked after that is asked in a new session.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #watches = new WatchRegistry();
  #endpoint: Endpoint;
  #identity = noSession;
  #timeoutMs = 0;
  /** The newest state that was seen: a server that is behind it does not take the session. */
  #seen = 0n;
  #connection: Connection | undefined;
  #connecting: Promise<Connection> | undefined;
  #ended: "closed" | "abandoned" | undefined;
  #disconnected: () => void = () => {};

  /** Connects when it is first asked. */
  constructor(endpoint: Endpoint, options: SessionOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
  }

  /** 0 if there is no session yet. */
  get id(): bigint {
    return this.#identity.id;
  }

  /** Session timeout that the server granted; 0 if there is no session yet. */
  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  /** Calls `listener` for each event of a watch, in the order in which the server sent them. */
  onEvent(listener: (event: WatchEvent) => void): void {
    this.#watches.listener = listener;
  }

  /** Calls `listener` whenever a connection has ended; by then the server has forgotten the watches that somebody hears. */
  onDisconnect(listener: () => void): void {
    this.#disconnected = listener;
  }

  /** Stops hearing a watch. The server is told to forget it if nobody else wants what it holds for that path. */
  unwatch(path: string, heard: NonNullable<Watch["heard"]>): void {
    const connection = this.#connection;
    if (!this.#watches.leave(path, heard) || !connection?.usable || this.#ended !== undefined) return;
    const deadline = nanos(this.#options.clock.now() + millis(this.#timeoutMs));
    // Nothing depends on the answer: a watch that has fired meanwhile is not there to be removed.
    connection.ask(removeWatches(path), { deadline, signal: undefined }).catch(() => undefined);
  }

  /** Stops reading from the network, or goes on. */
  pause(paused: boolean): void {
    if (this.#connection?.usable) this.#connection.pause(paused);
  }

  /** Rejects with a ClientError, at the deadline (of the session's clock) at the latest. */
  async ask<T>(request: Request<T>, limits: Limits): Promise<Reply<T>> {
    throwIfAborted(limits.signal);
    if (this.#connection?.usable) return this.#connection.ask(request, limits);
    const { node } = this.#endpoint;
    const late = () =>
      new ClientError("not-connected", `${node} (${hostPort(this.#endpoint)}): no session in time`);
    const connecting = this.connect(limits.deadline);
    const connection = await beforeSending(this.#options.clock, limits, connecting, late);
    return connection.ask(request, limits);
  }

  /** The connection there is, or a new one. Rejects definitely: what needed it has not been asked. */
  async connect(deadline: Nanos): Promise<Connection> {
    if (this.#ended !== undefined) throw new ClientError("not-connected", "the client is closed");
    if (this.#connection?.usable) return this.#connection;
    this.#connecting ??= this.#establish(deadline).finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  /** Takes the session, with its watches and ephemeral nodes, to another server. */
  async moveTo(endpoint: Endpoint, deadline: Nanos): Promise<void> {
    this.#endpoint = endpoint;
    this.#connection?.end("the session moved to another server");
    await this.connect(deadline);
  }

  /** Ends the session if the server can still be reached. Never rejects. */
  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    this.#ended = "closed";
    if (this.#connection?.usable) await this.#farewell(this.#connection);
  }

  /** Ends the session. Rejects with a ClientError if the server has not acknowledged that. */
  async end(limits: Limits): Promise<void> {
    if (this.#ended !== undefined) return;
    this.#ended = "closed";
    const connection = this.#connection;
    if (!connection?.usable)
      throw new ClientError("not-connected", "the session has no connection on which to end it");
    connection.abandonPending("the client closed its connection");
    try {
      await connection.ask(closeSession, limits);
    } finally {
      connection.end("the client closed its connection");
    }
  }

  /** Leaves without a word: the session lives on at the server until it expires. */
  abandon(): void {
    if (this.#ended !== undefined) return;
    this.#ended = "abandoned";
    this.#connection?.end("the client was abandoned");
  }

  async #farewell(connection: Connection): Promise<void> {
    connection.abandonPending("the client closed its connection");
    const deadline = nanos(this.#options.clock.now() + millis(farewellMs));
    await connection.ask(closeSession, { deadline, signal: undefined }).catch(() => undefined);
    connection.end("the client closed its connection");
  }

  /** Connects, then logs in and hands over the watches before anything else is asked. */
  async #establish(deadline: Nanos): Promise<Connection> {
    const { user } = this.#options;
    const connection = await this.#handshake(deadline);
    const limits = { deadline, signal: undefined };
    try {
      if (user !== undefined) {
        await connection.askAside(xid.auth, digest(user.name, user.password), limits);
      }
      const watches = this.#watches.held();
      if (watches.length > 0) {
        await connection.askAside(xid.setWatches, setWatches(this.#seen, watches), limits);
      }
    } catch (reason) {
      const { code, definite, message } = ClientError.from(reason);
      connection.end(message);
      throw new ClientError(definite ? code : "not-connected", message, { cause: reason });
    }
    if (this.#ended !== undefined) {
      if (this.#ended === "closed") await this.#farewell(connection);
      else connection.end("the client was abandoned");
      throw new ClientError("not-connected", "the client is closed");
    }
    this.#connection = connection;
    return connection;
  }

  #handshake(deadline: Nanos): Promise<Connection> {
    const { clock, sessionTimeoutMs } = this.#options;
    const server = `${this.#endpoint.node} (${hostPort(this.#endpoint)})`;
    return new Promise((resolve, reject) => {
      let connection: Connection | undefined;
      const refuse = (reason: string) => {
        cancel();
        wire.destroy();
        reject(new ClientError("not-connected", `${server}: ${reason}`));
      };
      const wire = openWire(this.#endpoint, this.#options, {
        frame: (frame) => {
          if (connection !== undefined) {
            connection.take(frame);
            return;
          }
          cancel();
          try {
            connection = this.#welcome(frame, wire, server);
            resolve(connection);
          } catch (reason) {
            wire.destroy();
            reject(reason instanceof ClientError ? reason : notZooKeeper(server));
          }
        },
        closed: (reason) => {
          if (connection === undefined) refuse(`no session: ${reason}`);
          else connection.end(reason);
        },
      });
      const cancel = clock.after((deadline - clock.now()) as Nanos, () => refuse("no session in time"));
      wire.send(encodeConnect(this.#identity, this.#seen, sessionTimeoutMs));
    });
  }

  /** The server's first frame: the session, or that it is no more. */
  #welcome(frame: Buffer, wire: ReturnType<typeof openWire>, server: string): Connection {
    const { session, timeoutMs } = decodeConnect(frame);
    if (timeoutMs <= 0) {
      this.#forget();
      throw zkError(zkCode.sessionExpired, server);
    }
    this.#identity = session;
    this.#timeoutMs = timeoutMs;
    return new Connection({
      wire,
      server,
      sessionTimeoutMs: timeoutMs,
      watches: this.#watches,
      clock: this.#options.clock,
      saw: (zxid) => {
        if (zxid > this.#seen) this.#seen = zxid;
      },
      expired: () => this.#forget(),
      ended: () => {
        this.#watches.disconnected();
        this.#disconnected();
      },
    });
  }

  /** The next session is a new one, but it still must not see older states than this one did. */
  #forget(): void {
    this.#identity = noSession;
    this.#watches.clear();
  }
}

const notZooKeeper = (server: string): ClientError =>
  new ClientError("not-connected", `${server}: not a ZooKeeper server: its reply could not be read`);
