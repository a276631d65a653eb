import { keyString } from "../key.ts";
import type { Store } from "../store.ts";
import { type NamedChange, WatchStream } from "./stream.ts";
import { defaultLimits, type WatchFlaw, type WatchLimits } from "./watch.ts";

export interface WatchHubOptions {
  readonly flaws?: ReadonlySet<WatchFlaw>;
  readonly limits?: WatchLimits;
}

/**
 * All watches of one member. It is shown the state after each command that is applied, and passes the changes on to the
 * streams; it does nothing by itself. Watches are no replicated state: each member has its own.
 */
export class WatchHub {
  readonly #streams = new Set<WatchStream>();
  readonly #flaws: ReadonlySet<WatchFlaw>;
  readonly #limits: WatchLimits;
  #store: Store;
  #revision: number;
  #compactRevision: number;
  /** Planted bug: the next revision is passed over. */
  #passesOver = false;

  constructor(store: Store, { flaws = new Set(), limits = defaultLimits }: WatchHubOptions = {}) {
    this.#store = store;
    this.#revision = store.revision;
    this.#compactRevision = store.compactRevision;
    this.#flaws = flaws;
    this.#limits = limits;
  }

  /** `wake` is called when there is something to take again, in the middle of what brought it: it should only note that. */
  open(wake: () => void): WatchStream {
    const stream: WatchStream = new WatchStream({
      store: () => this.#store,
      flaws: this.#flaws,
      limits: this.#limits,
      wake,
      close: () => this.#streams.delete(stream),
    });
    this.#streams.add(stream);
    return stream;
  }

  /** A command was applied to `store`. */
  advance(store: Store): void {
    const first = this.#revision + 1;
    this.#show(store);
    if (store.revision >= first) this.#offer(first);
    this.#compact();
  }

  /** `store` took the place of the one before, as a snapshot came in: changes may be in it that were never shown. */
  replace(store: Store): void {
    const first = this.#revision + 1;
    this.#show(store);
    if (store.revision >= first) for (const stream of this.#streams) stream.missed(first);
    this.#compact();
  }

  /** Another leader, or the same one in another term. */
  leaderAppeared(): void {
    this.#passesOver = this.#flaws.has("drop-watch-event-on-leader-change");
  }

  /** To be called at intervals: see WatchRequest.progress. */
  remindOfProgress(): void {
    for (const stream of this.#streams) stream.remindOfProgress();
  }

  #show(store: Store): void {
    this.#store = store;
    this.#revision = store.revision;
  }

  #offer(first: number): void {
    if (this.#streams.size === 0) {
      this.#passesOver = false;
      return;
    }
    const revisions = new Map<number, NamedChange[]>();
    this.#store.visitSince(first, (change) => {
      const named = { change, name: keyString(change.key) };
      const changes = revisions.get(change.modRevision);
      if (changes === undefined) revisions.set(change.modRevision, [named]);
      else changes.push(named);
      return true;
    });
    for (const [revision, changes] of revisions) {
      if (this.#passesOver) this.#passesOver = false;
      else for (const stream of this.#streams) stream.offer(revision, changes);
    }
  }

  #compact(): void {
    const { compactRevision } = this.#store;
    if (compactRevision === this.#compactRevision) return;
    this.#compactRevision = compactRevision;
    for (const stream of this.#streams) stream.compacted(compactRevision);
  }
}
