import type { Change } from "../history.ts";
import { type KeyString, keyInterval, keyString } from "../key.ts";
import type { Store } from "../store.ts";
import { nextBatch } from "./catch-up.ts";
import {
  type WatchEvent,
  type Watcher,
  type WatchFlaw,
  type WatchLimits,
  type WatchOutput,
  type WatchRequest,
  wants,
  watcher,
} from "./watch.ts";

/** What a stream knows of its hub. */
export interface WatchSource {
  /** The state as it was last applied. */
  readonly store: () => Store;
  readonly flaws: ReadonlySet<WatchFlaw>;
  readonly limits: WatchLimits;
  /** There is something to `take`. Not called again for what is there already. */
  readonly wake: () => void;
  readonly close: () => void;
}

export interface NamedChange {
  readonly change: Change;
  readonly name: KeyString;
}

const duplicateEvery = 5;

/**
 * The watchers of one client's stream, and what is to be sent to it, in order. A watcher is in step (its events are queued
 * as changes are applied) or lags (they are read from the history, when the client takes them): after a start in the
 * past, or because the queue is full. So memory is bounded, whatever the client does, and no event is lost.
 */
export class WatchStream {
  readonly #source: WatchSource;
  readonly #watchers = new Map<number, Watcher>();
  readonly #inStep = new Set<Watcher>();
  /** The next one to read from the history comes first. */
  readonly #lagging: Watcher[] = [];
  readonly #queue: WatchOutput[] = [];
  #queuedBytes = 0;
  #nextId = 0;
  #progressWanted = false;
  #awake = false;
  #eventsSent = 0;

  constructor(source: WatchSource) {
    this.#source = source;
  }

  /** `id` 0: the stream chooses one. The answer is in the output: `created` or `refused`. */
  create(id: number, request: WatchRequest): void {
    const store = this.#source.store();
    const { revision } = store;
    const { low, high } = keyInterval(request);
    if (low >= high) {
      this.#push({ type: "refused", reason: "empty-range", revision });
    } else if (id !== 0 && this.#watchers.has(id)) {
      this.#push({ type: "refused", reason: "duplicate-id", revision });
    } else {
      const from = firstRevision(request, store, this.#source.flaws);
      const created = watcher(id === 0 ? this.#freeId() : id, request, from);
      this.#watchers.set(created.id, created);
      this.#push({ type: "created", id: created.id, revision });
      if (from > revision) this.#inStep.add(created);
      else this.#lagging.push(created);
      this.compacted(store.compactRevision);
    }
  }

  /** Nothing happens if there is no such watcher. */
  cancel(id: number): void {
    const canceled = this.#watchers.get(id);
    if (canceled === undefined) return;
    this.#remove(canceled);
    this.#push({ type: "canceled", id, revision: this.#source.store().revision });
  }

  /**
   * Asks for a `progress` of the whole stream: sent once everything up to its revision was, so not before every watcher is
   * in step. Not answered if there are no watchers.
   */
  requestProgress(): void {
    this.#progressWanted = true;
    this.#wake();
  }

  /** Reports progress to those watchers that want it and had no events since the last time. */
  remindOfProgress(): void {
    for (const each of this.#watchers.values()) {
      if (!each.request.progress) continue;
      each.progressDue = !each.active;
      each.active = false;
      if (each.progressDue) this.#wake();
    }
  }

  /** Changes of one revision, which was applied just now. */
  offer(revision: number, changes: readonly NamedChange[]): void {
    for (const each of this.#inStep) {
      if (revision < each.from) continue;
      const wanted = changes.filter(({ change, name }) => wants(each, change, name));
      if (wanted.length === 0) continue;
      if (this.#losesEvents(each)) continue;
      if (this.#isFull()) {
        this.#lag(each, revision);
      } else {
        const events = wanted.map(({ change }) => this.#event(each, change));
        for (const part of this.#parts(events))
          this.#push({ type: "events", id: each.id, revision, events: part });
        each.active = true;
      }
    }
  }

  /** Changes from `revision` on were applied that were not offered: watchers find them in the history. */
  missed(revision: number): void {
    const current = this.#source.store().revision;
    for (const each of this.#inStep) {
      if (each.from <= current) this.#lag(each, Math.max(each.from, revision));
    }
  }

  /** Cancels the watchers that want changes before `revision`, which are gone. */
  compacted(revision: number): void {
    for (const each of this.#lagging.filter(({ next }) => next < revision || next < 0)) {
      this.#remove(each);
      if (this.#source.flaws.has("compacted-watch-is-silent")) continue;
      this.#push({
        type: "canceled",
        id: each.id,
        revision: this.#source.store().revision,
        compactRevision: revision,
      });
    }
  }

  /**
   * The next message for the client, undefined if there is none: then `wake` is called when there is one again. `more`:
   * nothing yet, but there is more history to read.
   */
  take(): WatchOutput | "more" | undefined {
    const queued = this.#queue.shift();
    if (queued !== undefined) {
      this.#queuedBytes -= bytesOf(queued);
      return queued;
    }
    const lagging = this.#lagging.shift();
    if (lagging !== undefined) return this.#catchUp(lagging);
    const progress = this.#progress();
    this.#awake = progress !== undefined;
    return progress;
  }

  close(): void {
    this.#source.close();
  }

  #catchUp(lagging: Watcher): WatchOutput | "more" {
    const { id } = lagging;
    const store = this.#source.store();
    const { changes, next } = nextBatch(store, lagging, this.#source.limits);
    lagging.next = next;
    if (next > store.revision) this.#inStep.add(lagging);
    else this.#lagging.push(lagging);
    if (changes.length === 0) return "more";
    lagging.active = true;
    const events = changes.map((change) => this.#event(lagging, change));
    return { type: "events", id, revision: store.revision, events };
  }

  /** Only while nothing is queued and no watcher lags: then everything up to the store's revision was taken. */
  #progress(): WatchOutput | undefined {
    const { revision } = this.#source.store();
    const wanted = this.#progressWanted && this.#watchers.size > 0;
    this.#progressWanted = false;
    if (wanted) {
      // The planted bug names a revision whose events are still to come.
      const early = this.#source.flaws.has("progress-too-early") ? 1 : 0;
      return { type: "progress", revision: revision + early };
    }
    for (const each of this.#inStep) {
      if (!each.progressDue || each.from > revision) continue;
      each.progressDue = false;
      return { type: "progress", id: each.id, revision };
    }
    return undefined;
  }

  #event({ request }: Watcher, change: Change): WatchEvent {
    if (!request.previous) return { change };
    // The planted bug looks at the revision of the change itself.
    const before = change.modRevision - (this.#source.flaws.has("wrong-prev-kv") ? 0 : 1);
    const previous = this.#source.store().valueAt(keyString(change.key), before);
    return previous === undefined ? { change } : { change, previous };
  }

  /** The messages that the events of one revision go into: one, but for planted bugs. */
  #parts(events: readonly WatchEvent[]): readonly (readonly WatchEvent[])[] {
    const { flaws } = this.#source;
    this.#eventsSent++;
    if (flaws.has("split-watch-transaction")) return events.map((event) => [event]);
    const repeats = flaws.has("duplicate-watch-event") && this.#eventsSent % duplicateEvery === 0;
    return repeats ? [events, events] : [events];
  }

  /** The planted bug calls a watcher slow whose last events were not taken yet. */
  #losesEvents({ id }: Watcher): boolean {
    const slow = this.#source.flaws.has("slow-watcher-loses-events");
    return slow && this.#queue.some((output) => output.type === "events" && output.id === id);
  }

  #isFull(): boolean {
    const { queued, queuedBytes } = this.#source.limits;
    return this.#queue.length >= queued || this.#queuedBytes >= queuedBytes;
  }

  #lag(behind: Watcher, next: number): void {
    this.#inStep.delete(behind);
    behind.next = next;
    this.#lagging.push(behind);
    this.#wake();
  }

  #remove(removed: Watcher): void {
    this.#watchers.delete(removed.id);
    this.#inStep.delete(removed);
    const at = this.#lagging.indexOf(removed);
    if (at >= 0) this.#lagging.splice(at, 1);
  }

  #freeId(): number {
    while (this.#watchers.has(this.#nextId)) this.#nextId++;
    return this.#nextId++;
  }

  #push(output: WatchOutput): void {
    this.#queue.push(output);
    this.#queuedBytes += bytesOf(output);
    this.#wake();
  }

  #wake(): void {
    if (this.#awake) return;
    this.#awake = true;
    this.#source.wake();
  }
}

/** The first revision whose changes a new watcher gets. */
function firstRevision({ from }: WatchRequest, store: Store, flaws: ReadonlySet<WatchFlaw>): number {
  const next = store.revision + 1;
  if (from === 0) return next;
  const oldest = Math.max(1, store.compactRevision);
  if (flaws.has("watch-revision-zero-is-now") && from === oldest) return next;
  if (flaws.has("watch-from-future-tells-past") && from > next) return next;
  return from;
}

/** Roughly what a message takes in memory. */
function bytesOf(output: WatchOutput): number {
  if (output.type !== "events") return 0;
  let bytes = 0;
  for (const { change, previous } of output.events)
    bytes += 100 + change.key.length + change.value.length + (previous?.value.length ?? 0);
  return bytes;
}
