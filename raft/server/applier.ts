import { type Entry, type LogIndex, logIndex, type Snapshot, type Term, term } from "../core/types.ts";
import { CodecError } from "../kv/bytes.ts";
import { type Applied, type MachineOptions, StateMachine } from "../kv/machine.ts";

type Work =
  | { readonly type: "restore"; readonly snapshot: Snapshot }
  | { readonly type: "entries"; readonly entries: readonly Entry[]; done: number };

export interface ApplierOptions {
  readonly snapshot: Snapshot | undefined;
  readonly machine: MachineOptions;
  readonly onApplied: (applied: Applied) => void;
  /** Another state took the place of the old one: commands may have been applied that were not seen. */
  readonly onRestored: () => void;
  readonly log: (line: string) => void;
}

/** Maximum entries applied in one go; in between, messages and ticks get their turn. */
const entriesPerTurn = 500;
const logBytesMax = 256 * 1024 * 1024;

/** The state machine, and what waits to be applied to it. */
export class Applier {
  readonly #options: ApplierOptions;
  readonly #waiting: Work[] = [];
  #machine: StateMachine;
  #index: LogIndex;
  #term: Term;
  /** Entries applied since the last snapshot, and the bytes of their data. */
  #entriesSince = 0;
  #bytesSince = 0;
  #snapshotBytes: number;

  constructor(options: ApplierOptions) {
    const { snapshot, machine } = options;
    this.#options = options;
    this.#machine = snapshot
      ? StateMachine.decodeSnapshot(snapshot.data, machine)
      : new StateMachine(machine);
    this.#index = snapshot?.index ?? logIndex(0);
    this.#term = snapshot?.term ?? term(0);
    this.#snapshotBytes = snapshot?.data.length ?? 0;
  }

  /** Replaced when a snapshot comes in: not to be kept. */
  get machine(): StateMachine {
    return this.#machine;
  }

  /** Everything up to here is applied. */
  get index(): LogIndex {
    return this.#index;
  }

  add(snapshot: Snapshot | undefined, committed: readonly Entry[]): void {
    if (snapshot !== undefined) this.#waiting.push({ type: "restore", snapshot });
    if (committed.length > 0) this.#waiting.push({ type: "entries", entries: committed, done: 0 });
  }

  /** Applies what waits up to `durable`. True: there is more to do, at another turn. */
  run(durable: LogIndex): boolean {
    let budget = entriesPerTurn;
    for (;;) {
      const work = this.#waiting[0];
      if (work === undefined) return false;
      if (work.type === "restore") {
        if (work.snapshot.index > durable) return false;
        this.#restore(work.snapshot);
      } else {
        for (; work.done < work.entries.length && budget > 0; budget--) {
          const entry = work.entries[work.done];
          if (entry === undefined || entry.index > durable) return false;
          work.done++;
          this.#apply(entry);
        }
        if (work.done < work.entries.length) return true;
      }
      this.#waiting.shift();
    }
  }

  /**
   * Whether a snapshot is worth its price, which is writing the whole state again: not before `entries` entries, nor before
   * those hold half as much as the last snapshot, so that a large state is not written over and over; but always when
   * the log has become too long for the memory that it takes.
   */
  isSnapshotDue(entries: number): boolean {
    if (this.#bytesSince >= logBytesMax) return true;
    return this.#entriesSince >= entries && this.#bytesSince >= this.#snapshotBytes / 2;
  }

  /** The state as it is at the call, encoded a part at each step of the generator: entries may be applied in between. */
  snapshot(membershipAt: (index: LogIndex) => Snapshot["membership"]): Generator<void, Snapshot> {
    const place = { index: this.#index, term: this.#term, membership: membershipAt(this.#index) };
    const parts = this.#machine.encodeInParts(this.#snapshotBytes + this.#bytesSince);
    this.#countFrom(this.#snapshotBytes);
    return this.#encode(place, parts);
  }

  *#encode(place: Omit<Snapshot, "data">, parts: Generator<void, Uint8Array>): Generator<void, Snapshot> {
    const data = yield* parts;
    this.#snapshotBytes = data.length;
    return { ...place, data };
  }

  #restore(snapshot: Snapshot): void {
    this.#machine = StateMachine.decodeSnapshot(snapshot.data, this.#options.machine);
    this.#index = snapshot.index;
    this.#term = snapshot.term;
    this.#countFrom(snapshot.data.length);
    this.#options.onRestored();
  }

  #countFrom(snapshotBytes: number): void {
    this.#snapshotBytes = snapshotBytes;
    this.#entriesSince = 0;
    this.#bytesSince = 0;
  }

  #apply(entry: Entry): void {
    this.#index = entry.index;
    this.#term = entry.term;
    this.#entriesSince++;
    this.#bytesSince += entry.data.length;
    if (entry.type !== "command") return;
    let applied: Applied;
    try {
      applied = this.#machine.apply(entry.index, entry.data);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      // All members find the same bytes and skip them alike.
      this.#options.log(`entry ${entry.index} is not a command and has no effect: ${error.message}`);
      return;
    }
    this.#options.onApplied(applied);
  }
}
