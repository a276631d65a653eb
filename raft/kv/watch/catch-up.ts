import type { Change } from "../history.ts";
import { keyString } from "../key.ts";
import type { Store } from "../store.ts";
import { type Watcher, type WatchLimits, wants } from "./watch.ts";

interface Batch {
  /** Of whole revisions. */
  readonly changes: readonly Change[];
  /** The revision to go on from; beyond the store's current one if nothing is left. */
  readonly next: number;
}

/** The next changes that the watcher wants, from its `next` on, which must not be before the store's `compactRevision`. */
export function nextBatch(store: Store, watcher: Watcher, limits: WatchLimits): Batch {
  const changes: Change[] = [];
  let visited = 0;
  let bytes = 0;
  let last = 0;
  let next = store.revision + 1;
  store.visitSince(watcher.next, (change) => {
    const full = visited >= limits.visited || changes.length >= limits.events || bytes >= limits.eventBytes;
    if (full && change.modRevision !== last) {
      next = change.modRevision;
      return false;
    }
    visited++;
    last = change.modRevision;
    if (wants(watcher, change, keyString(change.key))) {
      changes.push(change);
      bytes += change.key.length + change.value.length;
    }
    return true;
  });
  return { changes, next };
}
