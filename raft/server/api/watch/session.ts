import type { WatchHub } from "../../../kv/watch/hub.ts";
import type { WatchStream } from "../../../kv/watch/stream.ts";
import type { HeaderWire } from "../wire.ts";
import { fragments, watchRequest, watchResponse } from "./messages.ts";
import type { WatchRequestWire, WatchResponseWire } from "./wire.ts";

/** The client's end of a stream. */
export interface WatchClient {
  /** False: no more before `drained` is called. */
  send(response: WatchResponseWire): boolean;
}

export interface SessionOptions {
  readonly hub: WatchHub;
  readonly header: (revision: number) => HeaderWire;
  readonly client: WatchClient;
  /** Bytes above which a response is sent in parts, if the client understands that. */
  readonly fragmentBytes: number;
  /** A bug: the stream cannot go on. */
  readonly onError: (reason: unknown) => void;
}

/** Number of messages taken in one go: then the rest of the process has its turn. */
const messagesAtOnce = 1_000;

/** One stream of watches: passes requests to the hub, and to the client what the hub has for it while it reads. */
export class WatchSession {
  readonly #options: SessionOptions;
  readonly #stream: WatchStream;
  /** Ids of the watches whose responses may come in parts. */
  readonly #fragmented = new Set<number>();
  /** What each request for a watch, in order, said about parts: its answer is still to come. */
  readonly #asked: boolean[] = [];
  #writable = true;
  #scheduled = false;
  #closed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#stream = options.hub.open(() => this.#schedule());
  }

  /** A request that says nothing has no answer. */
  receive({
    create_request: create,
    cancel_request: cancel,
    progress_request: progress,
  }: WatchRequestWire): void {
    if (this.#closed) return;
    if (create) {
      this.#asked.push(create.fragment);
      this.#stream.create(create.watch_id, watchRequest(create));
    } else if (cancel) {
      this.#stream.cancel(cancel.watch_id);
    } else if (progress) {
      this.#stream.requestProgress();
    }
  }

  /** The client reads again. */
  drained(): void {
    this.#writable = true;
    this.#schedule();
  }

  close(): void {
    this.#closed = true;
    this.#stream.close();
  }

  /** Afterwards, not in the middle of what woke the stream: a state that is just being applied. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      try {
        this.#pump();
      } catch (reason) {
        this.#options.onError(reason);
      }
    });
  }

  #pump(): void {
    for (let i = 0; i < messagesAtOnce; i++) {
      if (this.#closed || !this.#writable) return;
      const output = this.#stream.take();
      if (output === undefined) return;
      // Reading a long history: others first.
      if (output === "more") break;
      if (output.type === "created" || output.type === "refused") {
        const fragmented = this.#asked.shift() ?? false;
        if (output.type === "created" && fragmented) this.#fragmented.add(output.id);
      }
      this.#send(watchResponse(output, this.#options.header));
      if (output.type === "canceled") this.#fragmented.delete(output.id);
    }
    this.#schedule();
  }

  #send(response: WatchResponseWire): void {
    const { client, fragmentBytes } = this.#options;
    const parts = this.#fragmented.has(response.watch_id) ? fragments(response, fragmentBytes) : [response];
    for (const part of parts) this.#writable = client.send(part);
  }
}
