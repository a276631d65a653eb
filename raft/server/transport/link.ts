import { connect, type Socket } from "node:net";
import type { Cancel, Clock } from "../../../core/clock.ts";
import type { Random } from "../../../core/random.ts";
import { millis, type Nanos, nanos } from "../../../core/time.ts";
import type { Message } from "../../core/types.ts";
import { CodecError } from "../../kv/bytes.ts";
import { encodeMessage } from "./message-codec.ts";
import { Outbox } from "./outbox.ts";
import { encodeFrame, FrameReader, type Hello } from "./wire.ts";

export interface LinkOptions {
  /** Name of the other member, for log lines. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly hello: Hello;
  readonly clock: Clock;
  readonly random: Random;
  /** Called when a message that mattered was not delivered, or the connection broke. */
  readonly onUnreachable: () => void;
  readonly log: (line: string) => void;
}

/** Time from the start of a connection to its welcome. */
const handshakeLimit = millis(500);
const watchInterval = millis(100);
const pingInterval = millis(200);
/** Time without an answer to a ping after which a connection is taken for dead; TCP would wait for minutes. */
const silenceLimit = millis(600);
const backoffFirstMs = 20;
const backoffMaxMs = 250;
const outboxBytesMax = 16 * 1024 * 1024;
/** A message that waited for a connection longer than this is not sent any more. */
const staleAfter = millis(200);
const writeBytes = 256 * 1024;

type State =
  | { readonly type: "down"; readonly failures: number }
  | { readonly type: "connecting"; readonly failures: number; readonly socket: Socket }
  | { readonly type: "up"; readonly socket: Socket };

/**
 * What this member has to say to one other, over a connection that it opens and keeps open. Messages are sent at most
 * once and may be lost. A link that was cut, even by swallowing every packet, works again within a second of its healing.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #outbox = new Outbox(outboxBytesMax);
  /** A snapshot under way, in parts between the other messages. */
  #bulk: Buffer[] = [];
  #state: State = { type: "down", failures: 0 };
  #timer: Cancel = () => {};
  #writing = false;
  #pumping = false;
  #pingSent: Nanos | undefined;
  #lastAlive: Nanos = nanos(0);
  #lastPing: Nanos = nanos(0);
  /** Whether the log says that it is down. */
  #reportedDown = false;
  #stopped = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#connect(0);
  }

  send(message: Message): void {
    const { clock, onUnreachable } = this.#options;
    const isUp = this.#state.type === "up";
    if (message.type === "install-snapshot") {
      if (isUp && this.#bulk.length === 0) this.#bulk = partsOf(encodeMessage(message));
      else if (!isUp) onUnreachable();
    } else {
      const now = clock.now();
      if (!isUp) this.#outbox.expire(nanos(now - staleAfter));
      const frame = encodeFrame({ kind: "message", payload: encodeMessage(message) });
      const kept = this.#outbox.push(message.type, frame, now);
      if (!kept || (!isUp && message.type === "append")) onUnreachable();
    }
    this.#pumpSoon();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer();
    if (this.#state.type !== "down") this.#state.socket.destroy();
  }

  #connect(failures: number): void {
    const { host, port, hello, clock } = this.#options;
    const socket = connect({ host, port, noDelay: true });
    this.#state = { type: "connecting", failures, socket };
    const reader = new FrameReader();
    let problem = "closed";
    socket.on("connect", () => {
      // If nobody listens on a port that the system also gives to outgoing connections, TCP may connect it to itself.
      if (socket.localPort === port && socket.localAddress === socket.remoteAddress) socket.destroy();
      else socket.write(encodeFrame({ kind: "hello", ...hello }));
    });
    socket.on("data", (chunk) => {
      try {
        for (const frame of reader.push(chunk)) this.#receive(socket, frame.kind);
      } catch (error) {
        if (!(error instanceof CodecError)) throw error;
        problem = error.message;
        socket.destroy();
      }
    });
    socket.on("error", (error) => {
      problem = error.message;
    });
    socket.on("close", () => this.#onClose(socket, problem));
    this.#timer = clock.after(handshakeLimit, () => socket.destroy(new Error("no welcome in time")));
  }

  #receive(socket: Socket, kind: string): void {
    const state = this.#state;
    if (state.type === "down" || state.socket !== socket) return;
    const now = this.#options.clock.now();
    if (kind === "welcome" && state.type === "connecting") this.#onUp(socket, now);
    else if (kind === "pong" && state.type === "up") {
      this.#lastAlive = now;
      this.#pingSent = undefined;
    } else throw new CodecError(`a ${kind} is not expected here`);
  }

  #onUp(socket: Socket, now: Nanos): void {
    this.#timer();
    this.#state = { type: "up", socket };
    this.#lastAlive = now;
    this.#lastPing = now;
    this.#pingSent = undefined;
    this.#writing = false;
    this.#outbox.expire(nanos(now - staleAfter));
    if (this.#reportedDown) this.#options.log(`peer ${this.#options.name}: connected`);
    this.#reportedDown = false;
    this.#watch();
    this.#pumpSoon();
  }

  #onClose(socket: Socket, problem: string): void {
    const state = this.#state;
    if (this.#stopped || state.type === "down" || state.socket !== socket) return;
    this.#timer();
    if (!this.#reportedDown) this.#options.log(`peer ${this.#options.name}: not connected: ${problem}`);
    this.#reportedDown = true;
    const failures = state.type === "connecting" ? state.failures + 1 : 0;
    this.#state = { type: "down", failures };
    if (state.type === "up") this.#outbox.clear();
    this.#bulk = [];
    this.#options.onUnreachable();
    const { clock, random } = this.#options;
    const backoffMs = Math.min(backoffMaxMs, backoffFirstMs * 2 ** Math.min(failures, 10));
    const delay = millis(backoffMs * (0.5 + random.float() / 2));
    this.#timer = clock.after(delay, () => this.#connect(failures));
  }

  /** Pings, and gives up the connection when nothing shows any more that the other end lives. */
  #watch(): void {
    this.#timer = this.#options.clock.after(watchInterval, () => {
      if (this.#state.type !== "up") return;
      const now = this.#options.clock.now();
      const awaited = this.#pingSent;
      if (awaited !== undefined && now - Math.max(awaited, this.#lastAlive) > silenceLimit) {
        this.#state.socket.destroy(new Error("no answer to pings"));
        return;
      }
      if (awaited === undefined && now - this.#lastPing >= pingInterval) {
        this.#lastPing = now;
        this.#pingSent = now;
        this.#state.socket.write(encodeFrame({ kind: "ping" }));
      }
      this.#watch();
    });
  }

  /** Flushes after all else that is sent in this turn, so that it leaves in one write. */
  #pumpSoon(): void {
    if (this.#pumping || this.#writing || this.#state.type !== "up") return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  /** One write at a time: what comes while the socket is busy waits in the outbox, where it can still be dropped. */
  #pump(): void {
    const state = this.#state;
    if (state.type !== "up" || this.#writing) return;
    const frames = this.#outbox.take(writeBytes);
    const part = this.#bulk.shift();
    if (part !== undefined) frames.push(part);
    if (frames.length === 0) return;
    this.#writing = true;
    const bytes = Buffer.concat(frames);
    state.socket.write(bytes, () => {
      if (this.#state !== state) return;
      this.#writing = false;
      // A long write that got through shows life as a pong does, which may be stuck behind it.
      if (bytes.length >= writeBytes) this.#lastAlive = this.#options.clock.now();
      this.#pump();
    });
  }
}

function partsOf(payload: Uint8Array): Buffer[] {
  const parts: Buffer[] = [];
  for (let offset = 0; offset < payload.length; offset += writeBytes) {
    const kind = offset + writeBytes < payload.length ? "part" : "last-part";
    parts.push(encodeFrame({ kind, payload: payload.subarray(offset, offset + writeBytes) }));
  }
  return parts;
}
