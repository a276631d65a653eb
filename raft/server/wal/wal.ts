import { type FileHandle, mkdir, unlink } from "node:fs/promises";
import { assert } from "../../../core/assert.ts";
import { type Entry, type HardState, logIndex, term } from "../../core/types.ts";
import { CorruptionError } from "../corruption.ts";
import { writeFully } from "../files.ts";
import { encodeFrame } from "./frame.ts";
import { LogError, LogImage } from "./log-image.ts";
import { encodeRecords, type Identity, type LogBase, type WalRecord } from "./record.ts";
import { replay } from "./replay.ts";
import { createSegment, type Segment } from "./segment.ts";

export interface WalOptions {
  readonly directory: string;
  readonly identity: Identity;
  /** The newest good snapshot: entries up to it are not given back. */
  readonly snapshot: LogBase | undefined;
  /** A new segment begins when the current one holds as much. */
  readonly segmentBytesMax?: number;
  readonly log: (line: string) => void;
}

/** Contents of the log when it was opened. */
export interface Recovered {
  readonly hardState: HardState | undefined;
  /** They follow the snapshot without a gap. */
  readonly entries: readonly Entry[];
  /** Rises at every opening; never used before. */
  readonly incarnation: number;
}

const segmentBytesDefault = 64 * 1024 * 1024;
const beginning: LogBase = { index: logIndex(0), term: term(0) };

/**
 * The write-ahead log: what a member promised, in the order in which it did. One `append` at a time; what it wrote is
 * durable when it resolves. After an append that rejected nothing is known of the disk any more: the member must stop.
 */
export class Wal {
  readonly #options: WalOptions;
  readonly #segments: Segment[];
  #handle: FileHandle;
  #number: number;
  #last: LogBase;
  #hardState: HardState | undefined;
  #incarnation: number;
  #busy = false;
  #syncs = 0;

  private constructor(
    options: WalOptions,
    parts: { segments: Segment[]; handle: FileHandle; number: number; image: LogImage },
  ) {
    this.#options = options;
    this.#segments = parts.segments;
    this.#handle = parts.handle;
    this.#number = parts.number;
    this.#last = parts.image.last;
    this.#hardState = parts.image.hardState;
    this.#incarnation = parts.image.incarnation;
  }

  /** Throws a CorruptionError if the log is damaged, or is not this member's. */
  static async open(options: WalOptions): Promise<{ wal: Wal; recovered: Recovered }> {
    await mkdir(options.directory, { recursive: true });
    const image = new LogImage();
    const replayed = await replay(options, image);
    const snapshot = options.snapshot ?? beginning;
    let wal: Wal;
    if (replayed === undefined) {
      if (options.snapshot !== undefined)
        throw new CorruptionError(options.directory, 0, "there is a snapshot but no log");
      const created = await createSegment(options.directory, 1, 1, header(options, image));
      wal = new Wal(options, { segments: [created.segment], handle: created.handle, number: 1, image });
      wal.#syncs = created.syncs;
    } else {
      wal = new Wal(options, { ...replayed, image });
    }
    const entries = wal.#entriesAfter(image, snapshot);
    const incarnation = image.incarnation + 1;
    const records: WalRecord[] = [{ type: "incarnation", incarnation }];
    if (entries === undefined) records.push({ type: "installed", base: snapshot });
    // Its fdatasync covers also what a crash left in the page cache only, and what is about to be believed.
    await wal.append(records);
    return { wal, recovered: { hardState: image.hardState, entries: entries ?? [], incarnation } };
  }

  /** Bytes of all segments. */
  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /** Calls of fsync and fdatasync since the log was opened; those for a new segment's name are counted, too. */
  get syncs(): number {
    return this.#syncs;
  }

  async append(records: readonly WalRecord[]): Promise<void> {
    assert(!this.#busy, "one append to the log at a time");
    this.#busy = true;
    if (this.#current.bytes >= (this.#options.segmentBytesMax ?? segmentBytesDefault)) await this.#rotate();
    const segment = this.#current;
    const frame = encodeFrame(this.#number + 1, encodeRecords(records));
    await writeFully(this.#handle, frame, segment.bytes);
    await this.#handle.datasync();
    this.#syncs++;
    this.#number++;
    segment.bytes += frame.length;
    for (const record of records) this.#track(record, segment);
    // Left set by an error: nothing may be appended behind a write that failed.
    this.#busy = false;
  }

  /** Entries up to `index` are in a durable snapshot: removes the segments that hold nothing else. */
  async release(index: number): Promise<void> {
    for (;;) {
      const [oldest, next] = this.#segments;
      if (oldest === undefined || next === undefined || oldest.indexMax > index) return;
      this.#segments.shift();
      await unlink(oldest.path);
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  get #current(): Segment {
    const segment = this.#segments.at(-1);
    assert(segment !== undefined, "the log has a segment");
    return segment;
  }

  #entriesAfter(image: LogImage, snapshot: LogBase): Entry[] | undefined {
    try {
      return image.entriesAfter(snapshot);
    } catch (error) {
      if (error instanceof LogError)
        throw new CorruptionError(this.#segments[0]?.path ?? this.#options.directory, 0, error.message);
      throw error;
    }
  }

  async #rotate(): Promise<void> {
    const image = new LogImage();
    image.base = this.#last;
    image.hardState = this.#hardState;
    image.incarnation = this.#incarnation;
    const sequence = this.#current.sequence + 1;
    const record = header(this.#options, image);
    const created = await createSegment(this.#options.directory, sequence, this.#number + 1, record);
    await this.#handle.close();
    this.#syncs += created.syncs;
    this.#handle = created.handle;
    this.#segments.push(created.segment);
    this.#number++;
  }

  #track(record: WalRecord, segment: Segment): void {
    switch (record.type) {
      case "entries": {
        const last = record.entries.at(-1);
        if (last === undefined) break;
        this.#last = { index: last.index, term: last.term };
        segment.indexMax = Math.max(segment.indexMax, last.index);
        break;
      }
      case "hard-state":
        this.#hardState = record.hardState;
        break;
      case "installed":
        this.#last = record.base;
        break;
      case "incarnation":
        this.#incarnation = record.incarnation;
        break;
      default:
    }
  }
}

function header(options: WalOptions, image: LogImage): WalRecord & { type: "segment" } {
  const base = { index: image.last.index, term: image.last.term };
  const { hardState, incarnation } = image;
  return { type: "segment", identity: options.identity, base, hardState, incarnation };
}
