/** What the clients of a run know of the system's revisions, and so where a watch may begin. */
import type { Revision } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";

/** A watch that is over, and where it would go on. */
export interface Interrupted {
  readonly kind: string;
  readonly target: WatchTarget;
  readonly next: Revision;
}

export type WatchTarget = { readonly key: string } | { readonly prefix: string };

/** Deletions and interrupted watches that are kept in mind, each. */
const most = 100;

export class Known {
  #newest: Revision = 0;
  #compacted: Revision = 0;
  /** The deleted key, by revision. */
  readonly #deletions = new Map<Revision, string>();
  readonly #interrupted: Interrupted[] = [];

  get newest(): Revision {
    return this.#newest;
  }

  get compacted(): Revision {
    return this.#compacted;
  }

  reached(revision: Revision | undefined): void {
    if (revision !== undefined && revision > this.#newest) this.#newest = revision;
  }

  deleted(key: string, revision: Revision | undefined): void {
    this.reached(revision);
    if (revision === undefined) return;
    this.#deletions.set(revision, key);
    for (const oldest of this.#deletions.keys()) {
      if (this.#deletions.size <= most) break;
      this.#deletions.delete(oldest);
    }
  }

  /** The key that was deleted at a revision, as far as that is known. */
  deletedAt(revision: Revision): string | undefined {
    return this.#deletions.get(revision);
  }

  compactedTo(revision: Revision): void {
    this.#compacted = Math.max(this.#compacted, revision);
  }

  interrupted(watch: Interrupted): void {
    this.#interrupted.push(watch);
    if (this.#interrupted.length > most) this.#interrupted.shift();
  }

  /** A watch that somebody lost, to go on with it; nobody else does. */
  takeInterrupted(): Interrupted | undefined {
    return this.#interrupted.pop();
  }

  /** The revision of a recent deletion that was not compacted. */
  deletion(random: Random): Revision | undefined {
    const left = [...this.#deletions.keys()].filter((revision) => revision > this.#compacted);
    return left.length === 0 ? undefined : random.pick(left);
  }

  /** A revision for a watch to begin at; undefined: from now on. */
  start(random: Random): Revision | undefined {
    const dice = random.integer(0, 99);
    if (this.#newest === 0 || dice < 30) return undefined;
    if (dice < 50) return random.integer(Math.max(1, this.#compacted), this.#newest);
    if (dice < 65) return Math.max(1, this.#compacted);
    if (dice < 73) return random.integer(1, Math.max(1, this.#compacted));
    if (dice < 83) return this.deletion(random) ?? this.#newest;
    if (dice < 90) return this.#newest + random.integer(1, 30);
    // A node that is behind has much of this before it.
    if (dice < 95) return this.#newest + random.integer(30, 300);
    return 1;
  }

  /** A revision for a read of the past; undefined: nothing has happened yet. */
  past(random: Random): Revision | undefined {
    const dice = random.integer(0, 99);
    if (this.#newest === 0) return undefined;
    const [oldest, newest] = [Math.max(1, this.#compacted), this.#newest];
    if (dice < 35) return random.integer(oldest, newest);
    if (dice < 55) return random.integer(Math.max(oldest, newest - 10), newest);
    if (dice < 70) return oldest;
    if (dice < 85) return random.integer(1, Math.max(1, oldest - 1));
    return this.deletion(random) ?? newest;
  }

  /** A revision to compact to: that of a deletion, or a recent one; undefined: there is nothing to compact. */
  compaction(random: Random): Revision | undefined {
    const recent = Math.max(1, this.#newest - random.integer(0, 50));
    const revision = random.chance(0.6) ? (this.deletion(random) ?? recent) : recent;
    return revision > this.#compacted && revision <= this.#newest ? revision : undefined;
  }
}
