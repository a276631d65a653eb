import type { HardState, Ready, Snapshot } from "../core/types.ts";
import { SnapshotStore } from "./snapshot/snapshot-store.ts";
import type { Identity, WalRecord } from "./wal/record.ts";
import { type Recovered, Wal } from "./wal/wal.ts";

/** The part of a Ready that must be durable. */
type Writes = Pick<Ready, "entries" | "hardState" | "snapshot">;

interface Job {
  readonly writes: Writes;
  readonly onDurable: () => void;
}

/** A member's disk, and what was on it. */
export interface OpenedDisk {
  readonly disk: Disk;
  readonly snapshot: Snapshot | undefined;
  readonly recovered: Recovered;
}

/** One frame of the log holds no more, so that a torn write costs little to write again. */
const batchBytesMax = 8 * 1024 * 1024;

/**
 * The disk of a member. Group commit: while one write and its fdatasync are under way, what comes in gathers, and the
 * next write takes all of it.
 */
export class Disk {
  readonly #wal: Wal;
  readonly #snapshots: SnapshotStore;
  readonly #onError: (error: unknown) => void;
  #jobs: Job[] = [];
  #running: Promise<void> | undefined;

  private constructor(parts: { wal: Wal; snapshots: SnapshotStore; onError: (error: unknown) => void }) {
    this.#wal = parts.wal;
    this.#snapshots = parts.snapshots;
    this.#onError = parts.onError;
  }

  /**
   * Throws a CorruptionError where what is there cannot be believed. `onError`: a write failed; nothing is known of the
   * disk any more and the member must end.
   */
  static async open(options: {
    readonly directory: string;
    readonly identity: Identity;
    readonly log: (line: string) => void;
    readonly onError: (error: unknown) => void;
  }): Promise<OpenedDisk> {
    const { store, snapshot } = await SnapshotStore.open({
      ...options,
      directory: `${options.directory}/snap`,
    });
    const { wal, recovered } = await Wal.open({
      ...options,
      directory: `${options.directory}/wal`,
      snapshot,
    });
    return { disk: new Disk({ wal, snapshots: store, onError: options.onError }), snapshot, recovered };
  }

  /** Bytes of the log and the snapshots. */
  get bytes(): number {
    return this.#wal.bytes + this.#snapshots.bytes;
  }

  /** Calls of fsync and fdatasync for the log since it was opened. */
  get logSyncs(): number {
    return this.#wal.syncs;
  }

  /** `onDurable` is called when it is, in the order of the calls of `write`. */
  write(writes: Writes, onDurable: () => void): void {
    this.#jobs.push({ writes, onDurable });
    this.#running ??= this.#run().catch(this.#onError);
  }

  /** Keeps a snapshot of the state machine, and drops the log that no snapshot kept needs. */
  async saveSnapshot(snapshot: Snapshot): Promise<void> {
    await this.#snapshots.save(snapshot);
    await this.#wal.release(this.#snapshots.oldestIndex);
  }

  /** Writes what waits, then closes. */
  async close(): Promise<void> {
    await this.#running;
    await this.#wal.close();
  }

  async #run(): Promise<void> {
    while (this.#jobs.length > 0) {
      const batch = this.#takeBatch();
      const [first] = batch;
      if (first?.writes.snapshot !== undefined)
        await this.#install(first.writes.snapshot, first.writes.hardState);
      await this.#wal.append(batch.flatMap((job) => recordsOf(job.writes)));
      for (const job of batch) job.onDurable();
    }
    this.#running = undefined;
  }

  /**
   * The term first: a member that found a snapshot of a term it does not know of would still follow the leaders of
   * older terms, which that snapshot has overruled. Then the snapshot: the log must never begin after one that is not there.
   */
  async #install(snapshot: Snapshot, hardState: HardState | undefined): Promise<void> {
    if (hardState !== undefined) await this.#wal.append([{ type: "hard-state", hardState }]);
    await this.#snapshots.save(snapshot);
  }

  /** A write with a snapshot comes first in its batch. */
  #takeBatch(): Job[] {
    let bytes = 0;
    let count = 0;
    for (const { writes } of this.#jobs) {
      if (count > 0 && (writes.snapshot !== undefined || bytes > batchBytesMax)) break;
      for (const entry of writes.entries) bytes += entry.data.length;
      count++;
    }
    return this.#jobs.splice(0, count);
  }
}

function recordsOf({ snapshot, entries, hardState }: Writes): WalRecord[] {
  const records: WalRecord[] = [];
  if (snapshot !== undefined)
    records.push({ type: "installed", base: { index: snapshot.index, term: snapshot.term } });
  if (entries.length > 0) records.push({ type: "entries", entries });
  if (hardState !== undefined) records.push({ type: "hard-state", hardState });
  return records;
}
