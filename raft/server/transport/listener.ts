import { createServer, type Server, type Socket } from "node:net";
import { type Clock, sleep } from "../../../core/clock.ts";
import { millis, type Nanos, seconds } from "../../../core/time.ts";
import type { Message } from "../../core/types.ts";
import { CodecError } from "../../kv/bytes.ts";
import { decodeMessage } from "./message-codec.ts";
import { encodeFrame, FrameReader, type Hello, type WireFrame } from "./wire.ts";

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly clusterId: number;
  readonly self: number;
  readonly isMember: (id: number) => boolean;
  readonly clock: Clock;
  readonly onHello: (hello: Hello) => void;
  readonly onMessage: (message: Message) => void;
  readonly log: (line: string) => void;
}

/** Silence after which a peer is gone: a link pings far more often. */
const idleLimit = seconds(3);
/** Maximum total length of a message in parts: a snapshot. */
const assembledBytesMax = 2 * 1024 * 1024 * 1024;
/** Minimum time between two log lines about refused connections. */
const refusalLogInterval = seconds(1);

/** One connection of another member, from which it speaks to us. */
interface Connection {
  readonly socket: Socket;
  readonly reader: FrameReader;
  /** The peer; undefined until it said hello. */
  from: number | undefined;
  lastHeard: Nanos;
  parts: Uint8Array[];
  partsBytes: number;
}

/** The incoming side of the transport: takes messages from the links of other members. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  readonly #stopping = new AbortController();
  #lastRefusalLogged: Nanos | undefined;

  private constructor(options: ListenerOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Rejects if the address cannot be bound. */
  static async start(options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(options);
    await new Promise<void>((resolve, reject) => {
      listener.#server.once("error", reject);
      listener.#server.listen(options.port, options.host, () => {
        listener.#server.off("error", reject);
        resolve();
      });
    });
    listener.#sweep().catch(() => {});
    return listener;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : this.#options.port;
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    for (const { socket } of this.#connections) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    const connection: Connection = {
      socket,
      reader: new FrameReader(),
      from: undefined,
      lastHeard: this.#options.clock.now(),
      parts: [],
      partsBytes: 0,
    };
    this.#connections.add(connection);
    socket.on("data", (chunk) => this.#onData(connection, chunk));
    // The other side's link reports its end; a reset is no news here.
    socket.on("error", () => {});
    socket.on("close", () => this.#connections.delete(connection));
  }

  #onData(connection: Connection, chunk: Buffer): void {
    connection.lastHeard = this.#options.clock.now();
    try {
      for (const frame of connection.reader.push(chunk)) {
        if (connection.socket.destroyed) return;
        this.#receive(connection, frame);
      }
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      this.#logRefusal(connection, error.message);
      connection.socket.destroy();
    }
  }

  #receive(connection: Connection, frame: WireFrame): void {
    if (connection.from === undefined) {
      if (frame.kind !== "hello") throw new CodecError(`${frame.kind} before hello`);
      this.#welcome(connection, frame);
      return;
    }
    switch (frame.kind) {
      case "message":
        this.#deliver(connection, frame.payload);
        break;
      case "part":
      case "last-part":
        this.#assemble(connection, frame.payload, frame.kind === "last-part");
        break;
      case "ping":
        connection.socket.write(encodeFrame({ kind: "pong" }));
        break;
      default:
        throw new CodecError(`a ${frame.kind} is not expected here`);
    }
  }

  #welcome(connection: Connection, hello: Hello): void {
    const { clusterId, self, isMember, onHello } = this.#options;
    if (hello.clusterId !== clusterId)
      throw new CodecError(`it belongs to cluster ${hello.clusterId}, this is ${clusterId}`);
    if (hello.to !== self) throw new CodecError(`it looks for member ${hello.to}, this is ${self}`);
    if (!isMember(hello.from)) throw new CodecError(`${hello.from} is not a member`);
    connection.from = hello.from;
    // A peer that opens a new connection has given up the one before.
    for (const other of this.#connections)
      if (other !== connection && other.from === hello.from) other.socket.destroy();
    connection.socket.write(encodeFrame({ kind: "welcome" }));
    onHello(hello);
  }

  #assemble(connection: Connection, payload: Uint8Array, isLast: boolean): void {
    connection.parts.push(payload);
    connection.partsBytes += payload.length;
    if (connection.partsBytes > assembledBytesMax)
      throw new CodecError(`a message of more than ${assembledBytesMax} bytes`);
    if (!isLast) return;
    const whole = Buffer.concat(connection.parts);
    connection.parts = [];
    connection.partsBytes = 0;
    this.#deliver(connection, whole);
  }

  #deliver(connection: Connection, payload: Uint8Array): void {
    const message = decodeMessage(payload);
    if (message.from !== connection.from || message.to !== this.#options.self)
      throw new CodecError(`a message from ${message.from} to ${message.to}`);
    this.#options.onMessage(message);
  }

  #logRefusal(connection: Connection, problem: string): void {
    const { clock, log } = this.#options;
    const now = clock.now();
    if (this.#lastRefusalLogged !== undefined && now - this.#lastRefusalLogged < refusalLogInterval) return;
    this.#lastRefusalLogged = now;
    const who = connection.from === undefined ? connection.socket.remoteAddress : `member ${connection.from}`;
    log(`peer connection from ${who} closed: ${problem}`);
  }

  async #sweep(): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      await sleep(clock, millis(500), this.#stopping.signal);
      const now = clock.now();
      for (const { socket, lastHeard } of this.#connections)
        if (now - lastHeard > idleLimit) socket.destroy();
    }
  }
}
