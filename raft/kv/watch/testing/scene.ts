import type { PutRequest, WriteRequest } from "../../request.ts";
import { Store } from "../../store.ts";
import { WatchHub, type WatchHubOptions } from "../hub.ts";
import type { WatchStream } from "../stream.ts";
import type { WatchOutput, WatchRequest } from "../watch.ts";

const text = new TextEncoder();
const plain = new TextDecoder();

export const put = (key: string, value = "v"): PutRequest => ({
  type: "put",
  key: text.encode(key),
  value: text.encode(value),
  prevKv: false,
  ignoreValue: false,
});
export const remove = (key: string): WriteRequest & { type: "delete-range" } => ({
  type: "delete-range",
  key: text.encode(key),
  prevKv: false,
});
export const txn = (...success: (PutRequest | ReturnType<typeof remove>)[]): WriteRequest => ({
  type: "txn",
  compare: [],
  success,
  failure: [],
});
export const compact = (revision: number): WriteRequest => ({ type: "compact", revision });

/** A watch of `key`, or of the keys from it to before `end`. */
export const watch = (
  key: string,
  options: Partial<WatchRequest> & { readonly until?: string } = {},
): WatchRequest => {
  const { until, ...rest } = options;
  return {
    key: text.encode(key),
    ...(until !== undefined && { end: text.encode(until) }),
    from: 0,
    puts: true,
    deletions: true,
    previous: false,
    progress: false,
    ...rest,
  };
};

/** A store and a hub for tests, and streams that write down how often they were woken. */
export class Scene {
  store = new Store();
  readonly hub: WatchHub;

  constructor(options: WatchHubOptions = {}) {
    this.hub = new WatchHub(this.store, options);
  }

  write(...requests: readonly WriteRequest[]): this {
    for (const request of requests) {
      this.store.execute(request);
      this.hub.advance(this.store);
    }
    return this;
  }

  open(): { readonly stream: WatchStream; readonly wakes: () => number } {
    let wakes = 0;
    return { stream: this.hub.open(() => wakes++), wakes: () => wakes };
  }
}

/** Everything that the stream has for its client, as short lines: `w0@5: put a=1 (was 0), delete b`. */
export const drained = (stream: WatchStream): string[] => {
  const lines: string[] = [];
  for (let output = stream.take(); output !== undefined; output = stream.take()) {
    if (output !== "more") lines.push(line(output));
  }
  return lines;
};

function line(output: WatchOutput): string {
  switch (output.type) {
    case "created":
      return `w${output.id} created at ${output.revision}`;
    case "refused":
      return `refused: ${output.reason}`;
    case "canceled":
      return `w${output.id} canceled${output.compactRevision === undefined ? "" : ` by compaction at ${output.compactRevision}`}`;
    case "progress":
      return `${output.id === undefined ? "all" : `w${output.id}`} up to ${output.revision}`;
    case "events": {
      const events = output.events.map(({ change, previous }) => {
        const key = plain.decode(change.key);
        const what = change.version === 0 ? `delete ${key}` : `put ${key}=${plain.decode(change.value)}`;
        const was = previous === undefined ? "" : ` (was ${plain.decode(previous.value)})`;
        return `${what}@${change.modRevision}${was}`;
      });
      return `w${output.id}: ${events.join(", ")}`;
    }
  }
}
