import type { Random } from "../../core/random.ts";
import type { Persisted } from "../core/storage.ts";
import {
  type Entry,
  type HardState,
  logIndex,
  type Membership,
  type Ready,
  type Snapshot,
} from "../core/types.ts";

type Write =
  | { readonly type: "hard-state"; readonly hardState: HardState }
  | { readonly type: "entry"; readonly entry: Entry }
  | { readonly type: "snapshot"; readonly snapshot: Snapshot };

interface Content {
  hardState: HardState | undefined;
  snapshot: Snapshot | undefined;
  /** They follow the snapshot without a gap. */
  entries: Entry[];
}

/** A member's disk: what was not synced before a crash is lost, or kept up to a point where the crash tore it. */
export class SimDisk {
  readonly #bootstrap: Membership;
  readonly #durable: Content = { hardState: undefined, snapshot: undefined, entries: [] };
  #unsynced: Write[] = [];

  constructor(bootstrap: Membership) {
    this.#bootstrap = bootstrap;
  }

  /** Puts what the Ready holds on its way to the disk. `random` decides in which order the records go. */
  write(ready: Ready, random: Random): void {
    if (ready.snapshot !== undefined) this.#unsynced.push({ type: "snapshot", snapshot: ready.snapshot });
    const entries = ready.entries.map((entry): Write => ({ type: "entry", entry }));
    const hardState: Write[] = ready.hardState ? [{ type: "hard-state", hardState: ready.hardState }] : [];
    this.#unsynced.push(...(random.chance(0.5) ? [...hardState, ...entries] : [...entries, ...hardState]));
  }

  /** Number of records that wait to be synced. */
  get unsynced(): number {
    return this.#unsynced.length;
  }

  /** The oldest `records` of those that wait are durable. */
  sync(records: number): void {
    for (const write of this.#unsynced.splice(0, records)) perform(this.#durable, write);
  }

  /** The state machine's own snapshot, on disk at once; the log before it goes. */
  compact(snapshot: Snapshot): void {
    const content = this.#durable;
    content.entries = content.entries.filter((entry) => entry.index > snapshot.index);
    content.snapshot = snapshot;
  }

  crash(random: Random): void {
    const kept = random.chance(0.5) ? random.integer(0, this.#unsynced.length) : 0;
    this.sync(kept);
    this.#unsynced = [];
  }

  load(): Persisted {
    const { hardState, snapshot, entries } = this.#durable;
    const applied = snapshot?.index ?? logIndex(0);
    return { hardState, snapshot, entries: [...entries], bootstrap: this.#bootstrap, applied };
  }
}

function perform(content: Content, write: Write): void {
  switch (write.type) {
    case "hard-state":
      content.hardState = write.hardState;
      break;
    case "snapshot":
      content.snapshot = write.snapshot;
      content.entries = [];
      break;
    case "entry": {
      const first = (content.snapshot?.index ?? 0) + 1;
      content.entries.length = write.entry.index - first;
      content.entries.push(write.entry);
      break;
    }
  }
}
