/**
 * One Watch stream, which several watches share. The server answers requests to create a watch in their order, and gives
 * each watch a number, by which everything else is told apart.
 */
import type { Clock } from "../../../core/clock.ts";
import { ClientError } from "../../../core/errors.ts";
import { type Nanos, nanos, seconds } from "../../../core/time.ts";
import { abortedError, type Limits, onAbort } from "../../client/ask.ts";
import type { Communication } from "../communication.ts";
import type { Conversation } from "../conversation.ts";
import { statusError } from "../errors.ts";
import type { Ending } from "../framing.ts";
import { status } from "../status.ts";
import {
  type CreateWatch,
  decodeWatchAnswer,
  encodeWatchMessage,
  type WatchAnswer,
  watchPath,
} from "./messages.ts";

/** A watch on the stream, as its subscription sees it. */
export interface StreamWatch {
  answer(answer: WatchAnswer): void;
  /** The stream is over. */
  ended(error: ClientError): void;
}

/** A request that the server has not answered yet. */
interface Creation {
  readonly watch: StreamWatch;
  readonly created: (answer: WatchAnswer) => void;
  readonly fail: (error: ClientError) => void;
  isGivenUp: boolean;
}

export class WatchStream {
  readonly #clock: Clock;
  readonly #creations: Creation[] = [];
  readonly #watches = new Map<string, StreamWatch>();
  /** Requests for progress that may still be answered, the oldest first. */
  readonly #asked: { readonly at: Nanos; readonly watches: ReadonlySet<string> }[] = [];
  /** Parts of an answer, by the watch's number. */
  readonly #parts = new Map<string, WatchAnswer>();
  #conversation: Conversation | undefined;
  #end: ClientError | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isOver(): boolean {
    return this.#end !== undefined;
  }

  /** Opens it; rejects definitely. */
  async connect(converse: Communication["converse"], limits: Limits): Promise<void> {
    const events = {
      message: (bytes: Buffer) => this.#take(bytes),
      ended: (ending: Ending) => this.#over(endingError(ending)),
    };
    try {
      this.#conversation = await converse(watchPath, events, limits);
    } catch (reason) {
      this.#end ??= ClientError.from(reason);
      throw reason;
    }
  }

  /** Resolves with the server's confirmation; the watch gets every answer after it. */
  create(request: CreateWatch, watch: StreamWatch, { deadline, signal }: Limits): Promise<WatchAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) {
        reject(this.#end);
        return;
      }
      const settled = () => {
        cancelTimer();
        stopListening();
      };
      const giveUp = (error: ClientError) => {
        creation.isGivenUp = true;
        creation.fail(error);
      };
      const creation: Creation = {
        watch,
        isGivenUp: false,
        created: (answer) => {
          settled();
          resolve(answer);
        },
        fail: (error) => {
          settled();
          reject(error);
        },
      };
      const late = () => {
        giveUp(new ClientError("timeout", "the watch was not confirmed in time"));
        this.#conversation?.reportSilence();
      };
      const cancelTimer = this.#clock.after(nanos(deadline - this.#clock.now()), late);
      const stopListening = onAbort(signal, () => giveUp(abortedError(true)));
      this.#creations.push(creation);
      this.#conversation?.send(encodeWatchMessage({ create: request }));
    });
  }

  /** Asks how far its watches have been told. */
  requestProgress(): void {
    this.#asked.push({ at: this.#clock.now(), watches: new Set(this.#watches.keys()) });
    this.#conversation?.send(encodeWatchMessage({ progress: {} }));
  }

  /** The watch gets no more answers. */
  cancel(watchId: string): void {
    this.#parts.delete(watchId);
    if (this.#watches.delete(watchId)) this.#conversation?.send(encodeWatchMessage({ cancel: { watchId } }));
  }

  pause(paused: boolean): void {
    this.#conversation?.pause(paused);
  }

  close(): void {
    this.#conversation?.close();
    this.#over(new ClientError("connection-lost", "the client closed its connection"));
  }

  #take(bytes: Buffer): void {
    let answer: WatchAnswer;
    try {
      answer = decodeWatchAnswer(bytes);
    } catch (cause) {
      this.#conversation?.close();
      this.#over(new ClientError("unknown", "unexpected message on a Watch stream", { cause }));
      return;
    }
    if (answer.created) this.#created(answer);
    else if (answer.watchId === everyWatch) this.#progress(answer);
    else this.#tell(answer);
  }

  #created(answer: WatchAnswer): void {
    const creation = this.#creations.shift();
    if (creation === undefined) return;
    if (answer.canceled) {
      creation.fail(new ClientError("rejected", `the watch was refused: ${answer.cancelReason}`));
      return;
    }
    // At once: its first event may be in the next message.
    this.#watches.set(answer.watchId, creation.watch);
    if (creation.isGivenUp) this.cancel(answer.watchId);
    else creation.created(answer);
  }

  /**
   * Tells those watches that were confirmed when it was requested. The answer is about the watches that the server knew then, and may
   * overtake, or be overtaken by, the confirmation of one that was requested later. A server that has nothing to say leaves a request
   * unanswered, so any of them may be the one: the oldest is taken.
   */
  #progress(answer: WatchAnswer): void {
    const now = this.#clock.now();
    while (this.#asked.length > 1 && now - (this.#asked[0]?.at ?? now) > unansweredAfter) this.#asked.shift();
    const about = this.#asked.shift()?.watches;
    for (const [id, watch] of [...this.#watches])
      if (about === undefined || about.has(id)) watch.answer(answer);
  }

  #tell(answer: WatchAnswer): void {
    const { watchId } = answer;
    const watch = this.#watches.get(watchId);
    if (watch === undefined) return;
    const before = this.#parts.get(watchId);
    const whole = before === undefined ? answer : { ...answer, events: [...before.events, ...answer.events] };
    if (answer.fragment) {
      this.#parts.set(watchId, whole);
      return;
    }
    this.#parts.delete(watchId);
    if (answer.canceled) this.#watches.delete(watchId);
    watch.answer(whole);
  }

  #over(error: ClientError): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    for (const creation of this.#creations.splice(0)) creation.fail(error);
    for (const watch of this.#watches.values()) watch.ended(error);
    this.#watches.clear();
  }
}

const everyWatch = "-1";
/** A request for progress that was not answered by then never will be: a server answers at once, or not at all. */
const unansweredAfter = seconds(10);

/** A server that ends the stream in order ends the watches all the same. */
const endingError = ({ code, details }: Ending): ClientError =>
  code === status.OK
    ? new ClientError("connection-lost", "the server ended the Watch stream")
    : statusError(code, details);
