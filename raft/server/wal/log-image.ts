import { type Entry, type HardState, logIndex, term } from "../../core/types.ts";
import type { LogBase, WalRecord } from "./record.ts";

/** Records that are whole but do not fit each other, or the snapshot. */
export class LogError extends Error {
  override readonly name = "LogError";
}

/** The log as its records leave it, one after the other: what a member finds when it starts. */
export class LogImage {
  base: LogBase = { index: logIndex(0), term: term(0) };
  /** They follow `base` without a gap. */
  entries: Entry[] = [];
  hardState: HardState | undefined;
  incarnation = 0;
  #opened = false;

  get last(): LogBase {
    return this.entries.at(-1) ?? this.base;
  }

  /** Throws a LogError for a record that cannot follow the ones before it. */
  apply(record: WalRecord): void {
    switch (record.type) {
      case "segment":
        this.#open(record);
        break;
      case "entries":
        this.#replaceFrom(record.entries);
        break;
      case "hard-state":
        this.hardState = record.hardState;
        break;
      case "installed":
        this.base = record.base;
        this.entries = [];
        break;
      default:
        this.incarnation = record.incarnation;
    }
  }

  /**
   * The entries that follow `snapshot`; undefined if the log ends before it or contradicts it, which is a log that
   * the snapshot replaced as a whole. Throws a LogError if the log begins only after the snapshot.
   */
  entriesAfter(snapshot: LogBase): Entry[] | undefined {
    if (this.base.index > snapshot.index)
      throw new LogError(
        `the log begins after entry ${this.base.index}, the newest good snapshot ends at ${snapshot.index}`,
      );
    if (this.last.index < snapshot.index) return undefined;
    const offset = snapshot.index - this.base.index;
    const at = offset === 0 ? this.base : this.entries[offset - 1];
    return at?.term === snapshot.term ? this.entries.slice(offset) : undefined;
  }

  #open(record: WalRecord & { type: "segment" }): void {
    if (this.#opened) {
      if (record.base.index !== this.last.index || record.base.term !== this.last.term)
        throw new LogError(
          `continues after entry ${record.base.index}, the segment before ends at ${this.last.index}`,
        );
      return;
    }
    this.#opened = true;
    this.base = record.base;
    this.hardState = record.hardState;
    this.incarnation = record.incarnation;
  }

  #replaceFrom(entries: readonly Entry[]): void {
    const first = entries[0];
    if (first === undefined) return;
    if (first.index > this.last.index + 1)
      throw new LogError(`entry ${first.index} follows entry ${this.last.index}`);
    if (first.index <= this.base.index) {
      // The replaced entries were in a segment that is gone, so a snapshot covers them; their term no longer matters.
      this.base = { index: logIndex(first.index - 1), term: term(0) };
      this.entries = [...entries];
      return;
    }
    this.entries.length = first.index - this.base.index - 1;
    for (const entry of entries) this.entries.push(entry);
  }
}
