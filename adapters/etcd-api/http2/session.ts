/**
 * The client's side of a connection of HTTP/2, without its socket: bytes come in, bytes go out. It does what calls of gRPC
 * need and no more (no push, no priorities, header fields without a table), because what a call costs the load generator
 * is most of what an operation costs. Source: RFC 9113.
 */

import { FieldsReader } from "./fields-reader.ts";
import {
  defaultFrameBytes,
  defaultWindowBytes,
  type Frame,
  FrameCutter,
  flag,
  frameHead,
  frameType,
  numbersFrame,
  ProtocolError,
  reason,
  setting,
  settingsFrame,
  settingsIn,
  unpadded,
} from "./frames.ts";
import { type Carrier, Stream, type StreamEvents } from "./stream.ts";

export interface SessionEvents {
  /** Bytes to send, all of one turn of the event loop at once. */
  write(bytes: Buffer): void;
  /** The node has shown that it speaks HTTP/2. */
  settled(): void;
  /** It takes no more streams, and none is left: the socket can go. `error`: why, where that is not the node's goodbye. */
  over(error?: Error): void;
}

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const lastId = 2 ** 31 - 1;

export class Session implements Carrier {
  frameBytes = defaultFrameBytes;
  windowBytes = defaultWindowBytes;
  readonly ownWindowBytes: number;
  readonly #events: SessionEvents;
  readonly #cutter = new FrameCutter();
  readonly #streams = new Map<number, Stream>();
  /** Those that the node does not take yet. */
  readonly #waiting = new Set<Stream>();
  readonly #fields = new FieldsReader();
  #out: Buffer[] = [];
  #nextId = 1;
  #mostStreams = Number.POSITIVE_INFINITY;
  #streamWindowBytes = defaultWindowBytes;
  #unacknowledged = 0;
  #isSettled = false;
  #state: "open" | "closing" | "over" = "open";

  constructor(ownWindowBytes: number, events: SessionEvents) {
    this.ownWindowBytes = ownWindowBytes;
    this.#events = events;
    const settings = settingsFrame([
      [setting.headerTableSize, 0],
      [setting.enablePush, 0],
      [setting.initialWindowSize, ownWindowBytes],
    ]);
    this.send(preface, settings);
    if (ownWindowBytes > defaultWindowBytes)
      this.send(numbersFrame(frameType.windowUpdate, 0, ownWindowBytes - defaultWindowBytes));
  }

  /** Whether it takes streams. */
  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** Opens a stream with these header fields, encoded. The session must be open. */
  open(headers: readonly Buffer[], events: StreamEvents): Stream {
    const stream = new Stream(this, headers, events);
    if (this.#streams.size < this.#mostStreams) this.#begin(stream);
    else this.#waiting.add(stream);
    return stream;
  }

  /** Takes bytes from the node. */
  receive(chunk: Buffer): void {
    if (this.#state === "over") return;
    try {
      this.#cutter.push(chunk, (frame) => {
        this.#take(frame);
        return this.#state !== "over";
      });
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.send(numbersFrame(frameType.goaway, 0, 0, error.code));
      this.#end(error);
    }
  }

  /** The socket is gone, or is to go. */
  close(): void {
    this.#state = "over";
  }

  send(...parts: readonly Buffer[]): void {
    if (this.#state === "over") return;
    if (this.#out.length === 0) process.nextTick(() => this.#flush());
    this.#out.push(...parts);
  }

  forget(stream: Stream): void {
    this.#waiting.delete(stream);
    this.#streams.delete(stream.id);
    this.#beginWaiting();
    if (this.#state === "closing" && this.#streams.size === 0) this.#end();
  }

  #flush(): void {
    const out = this.#out;
    this.#out = [];
    if (this.#state !== "over")
      this.#events.write(out.length === 1 ? (out[0] as Buffer) : Buffer.concat(out));
  }

  #begin(stream: Stream): void {
    const id = this.#nextId;
    this.#nextId += 2;
    this.#streams.set(id, stream);
    stream.begin(id, this.#streamWindowBytes);
    // Another connection has numbers again.
    if (this.#nextId > lastId) this.#closeToNew();
  }

  #beginWaiting(): void {
    for (const stream of this.#waiting) {
      if (this.#streams.size >= this.#mostStreams || this.#state !== "open") return;
      this.#waiting.delete(stream);
      this.#begin(stream);
    }
  }

  #closeToNew(): void {
    this.#state = "closing";
    for (const stream of this.#waiting) stream.takeReset(reason.refusedStream);
  }

  #take(frame: Frame): void {
    if (!this.#isSettled && frame.type !== frameType.settings)
      throw new ProtocolError(reason.protocolError, "the node does not begin with its settings");
    if (this.#fields.isOpen && frame.type !== frameType.continuation)
      throw new ProtocolError(reason.protocolError, "header fields are interrupted");
    switch (frame.type) {
      case frameType.data:
        this.#takeData(frame);
        break;
      case frameType.headers:
      case frameType.continuation:
        this.#takeFields(frame);
        break;
      case frameType.reset:
        this.#find(frame)?.takeReset(numberIn(frame));
        break;
      case frameType.settings:
        this.#takeSettings(frame);
        break;
      case frameType.pushPromise:
        throw new ProtocolError(reason.protocolError, "the node pushes what nobody asked for");
      case frameType.ping:
        if (!(frame.flags & flag.ack))
          this.send(frameHead(frame.payload.length, frameType.ping, flag.ack, 0), Buffer.from(frame.payload));
        break;
      case frameType.goaway:
        this.#takeGoodbye(frame);
        break;
      case frameType.windowUpdate:
        this.#takeWindow(frame);
        break;
      default:
      // Frames of other kinds are to be ignored.
    }
  }

  #takeData(frame: Frame): void {
    const size = frame.payload.length;
    this.#unacknowledged += size;
    if (this.#unacknowledged >= this.ownWindowBytes / 2) {
      this.send(numbersFrame(frameType.windowUpdate, 0, this.#unacknowledged));
      this.#unacknowledged = 0;
    }
    const stream = this.#find(frame);
    if (stream === undefined) return;
    stream.takeData(unpadded(frame), size);
    if (frame.flags & flag.endStream) stream.takeEnd();
  }

  #takeFields(frame: Frame): void {
    const block = this.#fields.read(frame);
    if (block === undefined) return;
    const stream = this.#find(frame);
    if (stream === undefined) return;
    // After an interim answer the answer follows.
    if (!block.fields[":status"]?.startsWith("1")) stream.takeFields(block.fields);
    if (block.isLast) stream.takeEnd();
  }

  /** The stream that a frame is about; undefined if it is over: the node may not know that yet. */
  #find({ stream: id }: Frame): Stream | undefined {
    if (id % 2 === 0 || id >= this.#nextId)
      throw new ProtocolError(reason.protocolError, `there has been no stream ${id}`);
    return this.#streams.get(id);
  }

  #takeSettings({ flags, payload }: Frame): void {
    if (flags & flag.ack) return;
    const settings = [...settingsIn(payload)];
    // Before anything that they allow: a node may hold the client to the old ones until then.
    this.send(frameHead(0, frameType.settings, flag.ack, 0));
    for (const [id, value] of settings) {
      if (id === setting.maxConcurrentStreams) this.#mostStreams = value;
      else if (id === setting.maxFrameSize) this.frameBytes = value;
      else if (id === setting.initialWindowSize) {
        const more = value - this.#streamWindowBytes;
        this.#streamWindowBytes = value;
        for (const stream of this.#streams.values()) stream.widen(more);
      }
    }
    this.#beginWaiting();
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#events.settled();
  }

  #takeGoodbye({ payload }: Frame): void {
    if (payload.length < 8) throw new ProtocolError(reason.frameSizeError, "a goodbye without a reason");
    const code = payload.readUInt32BE(4);
    if (code !== reason.none) {
      const words = payload.toString("utf8", 8);
      this.#end(new Error(`the node ended the connection with the code ${code}${words && `: ${words}`}`));
      return;
    }
    this.#closeToNew();
    const last = payload.readUInt32BE(0) & lastId;
    for (const stream of this.#streams.values()) if (stream.id > last) stream.takeReset(reason.refusedStream);
    if (this.#streams.size === 0) this.#end();
  }

  #takeWindow(frame: Frame): void {
    const more = numberIn(frame) & lastId;
    if (frame.stream !== 0) {
      this.#find(frame)?.widen(more);
      return;
    }
    this.windowBytes += more;
    for (const stream of this.#streams.values()) {
      if (this.windowBytes <= 0) break;
      stream.pump();
    }
  }

  #end(error?: Error): void {
    if (this.#state === "over") return;
    if (this.#out.length > 0) this.#flush();
    this.#state = "over";
    this.#events.over(error);
  }
}

function numberIn({ payload }: Frame): number {
  if (payload.length !== 4) throw new ProtocolError(reason.frameSizeError, "a frame that is no number");
  return payload.readUInt32BE(0);
}
