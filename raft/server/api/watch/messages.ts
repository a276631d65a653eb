import type { KeyRange } from "../../../kv/request.ts";
import type { WatchEvent, WatchOutput, WatchRequest } from "../../../kv/watch/watch.ts";
import { keyValue } from "../to-wire.ts";
import type { HeaderWire } from "../wire.ts";
import type { EventWire, WatchCreateRequestWire, WatchResponseWire } from "./wire.ts";

/** Between the hub's words and etcd's messages. */

/** A filter that is not known counts as none, as in etcd. */
export const watchRequest = (wire: WatchCreateRequestWire): WatchRequest => ({
  ...watchedKeys(wire),
  from: wire.start_revision,
  puts: !wire.filters.includes("NOPUT"),
  deletions: !wire.filters.includes("NODELETE"),
  previous: wire.prev_kv,
  progress: wire.progress_notify,
});

/** A watch without a key starts at the first one that there can be. */
function watchedKeys({ key, range_end: end }: WatchCreateRequestWire): KeyRange {
  const first = key.length === 0 ? Uint8Array.of(0) : key;
  return end.length === 0 ? { key: first } : { key: first, end };
}

const refusals = {
  "duplicate-id": "mvcc: duplicate watch ID provided on the WatchStream",
  "empty-range": "mvcc: watcher range is empty",
} as const;

/** `header` makes one with that revision. */
export function watchResponse(
  output: WatchOutput,
  header: (revision: number) => HeaderWire,
): WatchResponseWire {
  const { revision } = output;
  switch (output.type) {
    case "created":
      return { header: header(revision), watch_id: output.id, created: true };
    case "refused": {
      const reason = refusals[output.reason];
      return { header: header(revision), watch_id: -1, created: true, canceled: true, cancel_reason: reason };
    }
    case "events":
      return { header: header(revision), watch_id: output.id, events: output.events.map(eventWire) };
    case "progress":
      return { header: header(revision), watch_id: output.id ?? -1 };
    case "canceled": {
      const canceled = { watch_id: output.id, canceled: true };
      const { compactRevision } = output;
      if (compactRevision === undefined) return { header: header(revision), ...canceled };
      // As etcd: no revision in the header, and -1 where nothing was compacted and a negative one was asked for.
      return {
        header: header(0),
        ...canceled,
        compact_revision: compactRevision === 0 ? -1 : compactRevision,
      };
    }
  }
}

/** A deletion has no more than its key and its revision: all else is 0 or empty. */
const eventWire = ({ change, previous }: WatchEvent): EventWire => ({
  type: change.version === 0 ? "DELETE" : "PUT",
  kv: keyValue(change),
  ...(previous !== undefined && { prev_kv: keyValue(previous) }),
});

/**
 * Parts of a response that has more than one event and more than `bytesMax` bytes of keys and values: each has one event
 * at least, all but the last say that more follows.
 */
export function fragments(response: WatchResponseWire, bytesMax: number): readonly WatchResponseWire[] {
  const parts: EventWire[][] = [];
  let bytes = 0;
  for (const event of response.events ?? []) {
    const size = bytesOf(event);
    const last = parts.at(-1);
    if (last === undefined || bytes + size > bytesMax) {
      parts.push([event]);
      bytes = size;
    } else {
      last.push(event);
      bytes += size;
    }
  }
  if (parts.length <= 1) return [response];
  return parts.map((events, i) => ({ ...response, events, fragment: i < parts.length - 1 }));
}

/** What is around keys and values in the message. */
const eventOverhead = 100;
const bytesOf = ({ kv, prev_kv: previous }: EventWire): number =>
  eventOverhead +
  kv.key.length +
  kv.value.length +
  (previous === undefined ? 0 : previous.key.length + previous.value.length);
