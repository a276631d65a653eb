/** One stream of a connection of HTTP/2: what is still to be sent of it, and what the node sends on it. */
import { defaultWindowBytes, flag, frameHead, frameType, numbersFrame, reason } from "./frames.ts";
import type { Fields } from "./hpack.ts";

export interface StreamEvents {
  /** Headers or trailers. */
  fields(fields: Fields): void;
  /** Bytes of the body, which stay as they are. */
  data(bytes: Buffer): void;
  /** The node said all (0) or reset it with this code. Called once, after all else; not after `reset`, and not where the connection is lost. */
  over(code: number): void;
}

/** What a stream needs of its connection. */
export interface Carrier {
  /** The largest payload that the node takes. */
  readonly frameBytes: number;
  /** Bytes that the node takes now on all streams together. */
  windowBytes: number;
  /** Bytes that the node may send on one stream before it must wait. */
  readonly ownWindowBytes: number;
  send(...parts: readonly Buffer[]): void;
  /** The stream is done with: the node has said all, or either side has reset it. */
  forget(stream: Stream): void;
}

export class Stream {
  /** 0 until it was begun. */
  id = 0;
  readonly #carrier: Carrier;
  readonly #events: StreamEvents;
  readonly #headers: readonly Buffer[];
  #windowBytes = defaultWindowBytes;
  #unsent: Buffer[] = [];
  #isLast = false;
  #sentAll = false;
  #isOver = false;
  #unacknowledged = 0;
  /** What came while the reading was paused. */
  #held: (() => void)[] | undefined;

  constructor(carrier: Carrier, headers: readonly Buffer[], events: StreamEvents) {
    this.#carrier = carrier;
    this.#headers = headers;
    this.#events = events;
  }

  /** Whether all that was to be sent is on its way. */
  get hasSentAll(): boolean {
    return this.#sentAll;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  begin(id: number, windowBytes: number): void {
    this.id = id;
    this.#windowBytes = windowBytes;
    const length = this.#headers.reduce((sum, part) => sum + part.length, 0);
    this.#carrier.send(frameHead(length, frameType.headers, flag.endHeaders, id), ...this.#headers);
    this.pump();
  }

  /** `last`: nothing more follows. */
  write(bytes: Buffer, last = false): void {
    if (this.#isOver || this.#isLast) return;
    this.#unsent.push(bytes);
    this.#isLast = last;
    this.pump();
  }

  /** Sends what the windows allow. */
  pump(): void {
    if (this.id === 0 || this.#isOver) return;
    while (this.#unsent.length > 0) {
      const bytes = this.#unsent[0] as Buffer;
      const carrier = this.#carrier;
      // A window may be less than empty: the node has made it smaller.
      const window = Math.max(0, Math.min(this.#windowBytes, carrier.windowBytes));
      const length = Math.min(bytes.length, carrier.frameBytes, window);
      if (length === 0 && bytes.length > 0) return;
      if (length === bytes.length) this.#unsent.shift();
      else this.#unsent[0] = bytes.subarray(length);
      this.#windowBytes -= length;
      carrier.windowBytes -= length;
      this.#sentAll = this.#isLast && this.#unsent.length === 0;
      const part = length === bytes.length ? bytes : bytes.subarray(0, length);
      carrier.send(frameHead(length, frameType.data, this.#sentAll ? flag.endStream : 0, this.id), part);
    }
  }

  /** The node takes this many bytes more. */
  widen(bytes: number): void {
    this.#windowBytes += bytes;
    this.pump();
  }

  /** Gives it up; no event follows. */
  reset(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.id !== 0) this.#carrier.send(numbersFrame(frameType.reset, this.id, reason.cancel));
    this.#carrier.forget(this);
  }

  /** Holds what comes, or hands it over again. The node can send no more than a window full meanwhile. */
  pause(paused: boolean): void {
    if (paused) {
      this.#held ??= [];
      return;
    }
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const step of held) this.#whenRead(step);
  }

  /** `size`: bytes of the frame, which count for the window. */
  takeData(bytes: Buffer, size: number): void {
    this.#whenRead(() => {
      if (this.#isOver) return;
      this.#acknowledge(size);
      this.#events.data(bytes);
    });
  }

  takeFields(fields: Fields): void {
    this.#whenRead(() => this.#isOver || this.#events.fields(fields));
  }

  /** The node has said all. What it does not want to hear any more must not wait for it. */
  takeEnd(): void {
    this.#whenRead(() => {
      if (!this.#isOver && !this.#sentAll)
        this.#carrier.send(numbersFrame(frameType.reset, this.id, reason.cancel));
      this.#finish(reason.none);
    });
  }

  /** The node gave it up, or never took it. */
  takeReset(code: number): void {
    this.#whenRead(() => this.#finish(code));
  }

  #finish(code: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#events.over(code);
    this.#carrier.forget(this);
  }

  #whenRead(step: () => void): void {
    if (this.#held === undefined) step();
    else this.#held.push(step);
  }

  #acknowledge(size: number): void {
    this.#unacknowledged += size;
    if (this.#unacknowledged < this.#carrier.ownWindowBytes / 2) return;
    this.#carrier.send(numbersFrame(frameType.windowUpdate, this.id, this.#unacknowledged));
    this.#unacknowledged = 0;
  }
}
