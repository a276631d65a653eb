import { type FileHandle, open, unlink } from "node:fs/promises";
import { assert } from "../../../core/assert.ts";
import { CorruptionError } from "../corruption.ts";
import { syncDirectory } from "../files.ts";
import { LogError, type LogImage } from "./log-image.ts";
import type { Identity } from "./record.ts";
import { listSegments, readSegment, type Segment } from "./segment.ts";

export interface ReplayOptions {
  readonly directory: string;
  readonly identity: Identity;
  readonly log: (line: string) => void;
}

export interface Replayed {
  readonly segments: Segment[];
  /** The last segment, open for writing. */
  readonly handle: FileHandle;
  /** Number of the last frame. */
  readonly number: number;
}

/** Reads every segment into `image` and repairs a torn end. Undefined if there is no log yet. */
export async function replay(options: ReplayOptions, image: LogImage): Promise<Replayed | undefined> {
  const segments = await listSegments(options.directory);
  let number: number | undefined;
  for (const [i, segment] of segments.entries()) {
    const content = await readSegment(segment, number, (record) => {
      if (record.type === "segment") checkIdentity(record.identity, options.identity);
      if (record.type === "entries")
        segment.indexMax = Math.max(segment.indexMax, record.entries.at(-1)?.index ?? 0);
      image.apply(record);
    });
    number = content.lastNumber;
    segment.bytes = content.bytes;
    const isLast = i === segments.length - 1;
    if (content.torn && !isLast)
      throw new CorruptionError(segment.path, content.bytes, "torn, but another segment follows");
    if (content.torn) await repair(segment, content.bytes, options.log);
  }
  if (segments.at(-1)?.bytes === 0) await discardEmpty(segments, options);
  const last = segments.at(-1);
  if (last === undefined) return undefined;
  assert(number !== undefined, "a log with a segment has a frame");
  return { segments, handle: await open(last.path, "r+"), number };
}

function checkIdentity(found: Identity, own: Identity): void {
  if (found.clusterId !== own.clusterId || found.memberId !== own.memberId)
    throw new LogError(
      `the log of member ${found.memberId} of cluster ${found.clusterId}, ` +
        `not of member ${own.memberId} of cluster ${own.clusterId}`,
    );
}

async function repair(segment: Segment, bytes: number, log: (line: string) => void): Promise<void> {
  const handle = await open(segment.path, "r+");
  try {
    const { size } = await handle.stat();
    log(`wal: ${segment.path}: torn at offset ${bytes}, ${size - bytes} bytes dropped (never acknowledged)`);
    await handle.truncate(bytes);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** A crash came between the making of a segment and its first frame. */
async function discardEmpty(segments: Segment[], options: ReplayOptions): Promise<void> {
  const empty = segments.pop();
  assert(empty !== undefined, "there is an empty segment");
  const before = segments.at(-1);
  if (before?.bytes === 0) throw new CorruptionError(before.path, 0, "empty, but another segment follows");
  await unlink(empty.path);
  await syncDirectory(options.directory);
}
