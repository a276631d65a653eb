import { type FileHandle, open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { CodecError } from "../../kv/bytes.ts";
import { CorruptionError } from "../corruption.ts";
import { syncDirectory, writeFully } from "../files.ts";
import { encodeFrame, readFrame } from "./frame.ts";
import { LogError } from "./log-image.ts";
import { decodeRecords, encodeRecords, type WalRecord } from "./record.ts";

/** A file of the log: `<sequence>-<first index>.wal`, both 16 hexadecimal digits. Sequences have no gap. */
export interface Segment {
  readonly sequence: number;
  readonly path: string;
  bytes: number;
  /** Highest index of any entry in it, also of entries that were replaced later; 0 if there is none. */
  indexMax: number;
}

const pattern = /^([0-9a-f]{16})-[0-9a-f]{16}\.wal$/;
const hex = (value: number) => value.toString(16).padStart(16, "0");

function segmentPath(directory: string, sequence: number, firstIndex: number): string {
  return join(directory, `${hex(sequence)}-${hex(firstIndex)}.wal`);
}

/** Lists segments in the order of their sequences. Throws a CorruptionError if one is missing between two others. */
export async function listSegments(directory: string): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (const name of await readdir(directory)) {
    const match = pattern.exec(name);
    if (match?.[1] === undefined) continue;
    const sequence = Number.parseInt(match[1], 16);
    segments.push({ sequence, path: join(directory, name), bytes: 0, indexMax: 0 });
  }
  segments.sort((a, b) => a.sequence - b.sequence);
  for (const [i, segment] of segments.entries()) {
    const before = segments[i - 1];
    if (before !== undefined && segment.sequence !== before.sequence + 1)
      throw new CorruptionError(segment.path, 0, `no segment between it and ${before.path}`);
  }
  return segments;
}

export interface SegmentContent {
  /** Length of the part that is whole. */
  readonly bytes: number;
  readonly torn: boolean;
  /** Number of the last whole frame; the number expected before it if there is none. */
  readonly lastNumber: number | undefined;
}

/** Hands every record to `apply`. Throws a CorruptionError that names file and offset. */
export async function readSegment(
  segment: Segment,
  lastNumber: number | undefined,
  apply: (record: WalRecord) => void,
): Promise<SegmentContent> {
  const content = await readFile(segment.path);
  let offset = 0;
  let number = lastNumber;
  for (;;) {
    const expected = number === undefined ? undefined : number + 1;
    const frame = readFrame(content, offset, expected, segment.path);
    if (frame === undefined || frame === "torn")
      return { bytes: offset, torn: frame === "torn", lastNumber: number };
    try {
      const records = decodeRecords(frame.payload);
      if (offset === 0 && records[0]?.type !== "segment") throw new LogError("no segment header");
      for (const record of records) apply(record);
    } catch (error) {
      if (error instanceof CodecError || error instanceof LogError)
        throw new CorruptionError(segment.path, offset, error.message);
      throw error;
    }
    offset = frame.end;
    number = frame.number;
  }
}

/** Durable, under its name too, when it resolves: `syncs` calls of fsync and fdatasync did that. */
export async function createSegment(
  directory: string,
  sequence: number,
  number: number,
  header: WalRecord & { type: "segment" },
): Promise<{ segment: Segment; handle: FileHandle; syncs: number }> {
  const path = segmentPath(directory, sequence, header.base.index + 1);
  const frame = encodeFrame(number, encodeRecords([header]));
  const handle = await open(path, "w+");
  await writeFully(handle, frame, 0);
  await handle.datasync();
  await syncDirectory(directory);
  return { segment: { sequence, path, bytes: frame.length, indexMax: 0 }, handle, syncs: 2 };
}
