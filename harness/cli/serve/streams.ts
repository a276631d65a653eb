/** Streams of server-sent events. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { headersOf, ownPolicy } from "./respond.ts";

/** A reader that is this far behind, in bytes, misses a message rather than fill the memory. */
const mostWaiting = 8 << 20;
/** More pages than anybody looks at. */
const mostStreams = 64;

export interface Stream {
  send(event: string, data: string): void;
  /** Ends the stream; its reader does not come back after the event `end`. */
  end(): void;
}

export class Streams {
  readonly #open = new Set<ServerResponse>();

  get isFull(): boolean {
    return this.#open.size >= mostStreams;
  }

  /** Begins a stream; `closed` is called once, when it ends for whatever reason. */
  begin(request: IncomingMessage, response: ServerResponse, closed: () => void): Stream {
    response.writeHead(200, headersOf("text/event-stream; charset=utf-8", ownPolicy()));
    this.#open.add(response);
    response.on("close", () => {
      this.#open.delete(response);
      closed();
    });
    if (request.method === "HEAD") response.end();
    // The reader tries again a second after the server has gone.
    else response.write("retry: 1000\n\n");
    return {
      send(event, data) {
        if (response.writableEnded || response.writableLength > mostWaiting) return;
        response.write(`event: ${event}\ndata: ${data}\n\n`);
      },
      end: () => void response.end(),
    };
  }
}
