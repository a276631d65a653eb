/** A gRPC stream on which both sides send messages for as long as they like. */
import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from "node:http2";
import { type Ending, endingIn, endingOfHttp, endingOfReset, FrameReader } from "./framing.ts";
import { status } from "./status.ts";

export interface ConversationEvents {
  /** A message came, without its frame. */
  message(bytes: Buffer): void;
  /** The other side ended it, or the connection was lost. Called once, and not after `close`. */
  ended(ending: Ending): void;
}

export class Conversation {
  readonly #stream: ClientHttp2Stream;
  readonly #open: Set<Pick<Conversation, "end">>;
  readonly #events: ConversationEvents;
  readonly #frames = new FrameReader();
  #httpStatus = 200;
  #ending: Ending | undefined;
  #whenOver: () => void = () => {};
  #whenSilent: () => void = () => {};

  /** `open`: where it is until it has ended. */
  constructor(stream: ClientHttp2Stream, open: Set<Pick<Conversation, "end">>, events: ConversationEvents) {
    this.#stream = stream;
    this.#open = open;
    this.#events = events;
    open.add(this);
    stream.on("response", (headers) => {
      this.#httpStatus = headers[":status"] ?? 200;
      this.#take(headers);
    });
    stream.on("data", (chunk: Buffer) => this.#read(chunk));
    stream.on("trailers", (headers) => this.#take(headers));
    // What a stream fails of is in its code.
    stream.on("error", () => {});
    // After all data was read, also where the reading is paused. This side of the stream is still open then.
    for (const over of ["end", "close"] as const)
      stream.on(over, () => this.end(this.#ending ?? this.#endingWithoutStatus()));
  }

  /** Calls `listener` when it is over, for whatever reason. */
  whenOver(listener: () => void): void {
    this.#whenOver = listener;
  }

  /** Calls `listener` when an answer did not come in time: what is asked next should use another channel. */
  whenSilent(listener: () => void): void {
    this.#whenSilent = listener;
  }

  /** An answer did not come in time. */
  reportSilence(): void {
    this.#whenSilent();
  }

  send(frame: Buffer): void {
    if (this.#stream.writable) this.#stream.write(frame);
  }

  /** Stops reading from the network, or goes on: the other side can send no more than a window full. */
  pause(paused: boolean): void {
    if (paused) this.#stream.pause();
    else this.#stream.resume();
  }

  close(): void {
    if (!this.#open.delete(this)) return;
    this.#stream.close(constants.NGHTTP2_CANCEL);
    this.#whenOver();
  }

  end(ending: Ending): void {
    if (!this.#open.delete(this)) return;
    this.#stream.close(constants.NGHTTP2_CANCEL);
    this.#whenOver();
    this.#events.ended(ending);
  }

  #read(chunk: Buffer): void {
    try {
      for (const message of this.#frames.read(chunk)) {
        if (this.#open.has(this)) this.#events.message(message);
      }
    } catch (reason) {
      const details = reason instanceof Error ? reason.message : String(reason);
      this.end({ code: status.UNKNOWN, details });
    }
  }

  #take(headers: IncomingHttpHeaders): void {
    this.#ending ??= endingIn(headers);
  }

  #endingWithoutStatus(): Ending {
    return this.#httpStatus === 200 ? endingOfReset(this.#stream.rstCode) : endingOfHttp(this.#httpStatus);
  }
}
