/** Bugs that can be planted in the in-memory system. */
import type { Random } from "../../core/random.ts";
import type { Found } from "./store.ts";

/**
 * - `stale-reads`: a node answers reads from its own copy.
 * - `lost-writes`: one acknowledged change in fifty is forgotten, and its revision with it.
 * - `reused-revisions`: one change in fifty gets the revision of the one before it.
 * - `double-apply`: one change in fifty happens once more, a little later.
 * - `false-failures`: one change in fifty happens, and is answered as refused.
 * - `partial-lists`: one list in fifty lacks its last key.
 * - `torn-transactions`: one transaction in fifty makes all of its changes but the first.
 * - `garbled-reads`: one value in fifty is read with another last letter.
 * - `undone-deletes`: one deleted key in fifty is back a little later.
 * - `early-expiry`: a session ends after a quarter of its time, while its client still counts on it.
 * - `leaked-keys`: one session in ten leaves its keys behind when it ends.
 * - `double-grants`: one key in ten that a session has is created for another one that asks.
 * - `dropped-events`: a watch is not told of one change in fifty.
 * - `duplicated-events`: a watch is told of one change in fifty twice.
 * - `split-revisions`: a watch is told of changes at one revision in two deliveries, every other time.
 * - `early-progress`: a progress notification names a revision of which nothing has been told yet.
 * - `events-before-start`: a watch from a future revision is told of what changes before it.
 * - `wrong-previous`: one previous value in fifty is another.
 * - `lost-compacted-deletes`: a watch that starts at the compacted revision is not told of a delete there.
 * - `silent-compacted-watches`: a watch that starts before the compacted revision hears nothing at all.
 * - `current-compacted-reads`: a read at a compacted revision returns the current value.
 * - `late-watches`: watches at the second node hear of each change ten seconds late.
 * - `silent-watches`: watches at the second node hear nothing.
 */
export type MemoryBug =
  | "stale-reads"
  | "lost-writes"
  | "reused-revisions"
  | "double-apply"
  | "false-failures"
  | "partial-lists"
  | "torn-transactions"
  | "garbled-reads"
  | "undone-deletes"
  | "early-expiry"
  | "leaked-keys"
  | "double-grants"
  | "dropped-events"
  | "duplicated-events"
  | "split-revisions"
  | "early-progress"
  | "events-before-start"
  | "wrong-previous"
  | "lost-compacted-deletes"
  | "silent-compacted-watches"
  | "current-compacted-reads"
  | "late-watches"
  | "silent-watches";

export class PlantedBugs {
  readonly #bugs: ReadonlySet<MemoryBug>;
  readonly #random: Random;

  constructor(bugs: readonly MemoryBug[], random: Random) {
    this.#bugs = new Set(bugs);
    this.#random = random;
  }

  has(bug: MemoryBug): boolean {
    return this.#bugs.has(bug);
  }

  /** What was read, or with `garbled-reads` something close to it. */
  garbled(found: Found): Found {
    const { value } = found;
    return value !== undefined && this.strikes("garbled-reads")
      ? { ...found, value: `${value.slice(0, -1)}${value.endsWith("~") ? "!" : "~"}` }
      : found;
  }

  /** Whether a bug that is planted shows this time. */
  strikes(bug: MemoryBug, chance = 1 / 50): boolean {
    return this.#bugs.has(bug) && this.#random.chance(chance);
  }
}
