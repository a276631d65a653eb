/** A gRPC stream on which both sides send messages for as long as they like. */
import { type Ending, endingIn, endingWithoutStatus, FrameReader } from "./framing.ts";
import type { Fields } from "./http2/hpack.ts";
import type { Stream, StreamEvents } from "./http2/stream.ts";
import { status } from "./status.ts";

export interface ConversationEvents {
  /** A message came, without its frame. */
  message(bytes: Buffer): void;
  /** The other side ended it, or the connection was lost. Called once, and not after `close`. */
  ended(ending: Ending): void;
}

export class Conversation implements StreamEvents {
  readonly #open: Set<Pick<Conversation, "end">>;
  readonly #events: ConversationEvents;
  readonly #frames = new FrameReader();
  #stream: Stream | undefined;
  #httpStatus: string | undefined;
  #ending: Ending | undefined;
  #whenOver: () => void = () => {};
  #whenSilent: () => void = () => {};

  /** `open`: where it is until it has ended. */
  constructor(open: Set<Pick<Conversation, "end">>, events: ConversationEvents) {
    this.#open = open;
    this.#events = events;
  }

  begin(stream: Stream): void {
    this.#stream = stream;
    this.#open.add(this);
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
    this.#stream?.write(frame);
  }

  /** Stops reading, or goes on: the other side can send no more than a window full. */
  pause(paused: boolean): void {
    this.#stream?.pause(paused);
  }

  close(): void {
    if (!this.#open.delete(this)) return;
    this.#stream?.reset();
    this.#whenOver();
  }

  end(ending: Ending): void {
    if (!this.#open.delete(this)) return;
    this.#stream?.reset();
    this.#whenOver();
    this.#events.ended(ending);
  }

  data(chunk: Buffer): void {
    try {
      for (const message of this.#frames.read(chunk)) {
        if (this.#open.has(this)) this.#events.message(message);
      }
    } catch (reason) {
      const details = reason instanceof Error ? reason.message : String(reason);
      this.end({ code: status.UNKNOWN, details });
    }
  }

  fields(fields: Fields): void {
    this.#httpStatus = fields[":status"] ?? this.#httpStatus;
    this.#ending ??= endingIn(fields);
  }

  /** Comes after all data was read, also where the reading is paused. */
  over(code: number): void {
    this.end(this.#ending ?? endingWithoutStatus(this.#httpStatus, code));
  }
}
