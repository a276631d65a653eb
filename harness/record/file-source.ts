/** Sources of text from history files: read in pieces, unpacked if compressed. */
import { isAscii } from "node:buffer";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { TextDecoder } from "node:util";
import { createGunzip } from "node:zlib";
import type { Source } from "../../checker/formats/format.ts";
import { UsageError } from "../../core/errors.ts";
import type { HeapGuard } from "./heap-guard.ts";

/** Number of first characters by which formats are recognized. */
const headLength = 64 * 1024;

export interface FileSourceOptions {
  /** Checks after every piece whether the data read so far still fits. */
  readonly guard?: Pick<HeapGuard, "look">;
  /** Bytes read at a time. */
  readonly pieceBytes?: number;
}

/**
 * Reads the text of `file`, which is UTF-8, possibly gzipped. Everything that prevents reading is a UsageError that names the
 * file; so are bytes that are not UTF-8, because two values that differ in such bytes would become one.
 */
export async function fileSource(file: string, options: FileSourceOptions = {}): Promise<Source> {
  const { chunks, begin } = await bytesOf(file, options.pieceBytes ?? 2 ** 20);
  const packed = packings.find(({ magic }) => begin.subarray(0, magic.length).equals(Buffer.from(magic)));
  if (packed !== undefined && packed.name !== "gzip") {
    throw new UsageError(
      `${file} is compressed with ${packed.name}, but only gzip is supported: decompress it, or compress it with gzip`,
    );
  }
  const unpacked = () => (packed === undefined ? chunks() : gunzip(chunks()));
  const pieces = () => textOf(unpacked(), file, options.guard);
  const checked = () => utf8Of(unpacked(), file, options.guard);
  return { file, head: await headOf(pieces()), pieces, chunks: checked };
}

const packings = [
  { name: "gzip", magic: [0x1f, 0x8b] },
  { name: "zstd", magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: "xz", magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { name: "bzip2", magic: [0x42, 0x5a, 0x68] },
  { name: "zip", magic: [0x50, 0x4b, 0x03, 0x04] },
];

interface Bytes {
  /** All bytes from the beginning; may be called more than once. */
  chunks(): AsyncIterable<Buffer>;
  readonly begin: Buffer;
}

async function bytesOf(file: string, pieceBytes: number): Promise<Bytes> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    if ((await handle.stat()).isFile()) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0);
      const chunks = () => createReadStream(file, { highWaterMark: pieceBytes });
      return { begin: buffer.subarray(0, bytesRead), chunks };
    }
    // A pipe can be read only once.
    const kept: Buffer[] = [];
    for await (const chunk of handle.createReadStream({ autoClose: false })) kept.push(chunk as Buffer);
    return {
      begin: Buffer.concat(kept.slice(0, 1)),
      async *chunks() {
        yield* kept;
      },
    };
  } catch (reason) {
    throw unreadable(file, reason);
  } finally {
    await handle?.close();
  }
}

/** A file that is cut off or damaged is an error. */
function gunzip(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const unpacking = createGunzip();
  // Errors reach the reader of `unpacking`.
  pipeline(Readable.from(chunks), unpacking, () => {});
  return unpacking;
}

async function* textOf(
  chunks: AsyncIterable<Buffer>,
  file: string,
  guard: FileSourceOptions["guard"],
): AsyncIterable<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let bytes = 0;
  for await (const chunk of named(chunks, file)) {
    yield decoded(decoder, chunk, invalidAfter(file, bytes));
    bytes += chunk.length;
    guard?.look(file, bytes);
  }
  yield decoded(decoder, undefined, endsInside(file));
}

/** The chunks themselves, of which only those need to be decoded that are not ASCII, and what follows them. */
async function* utf8Of(
  chunks: AsyncIterable<Buffer>,
  file: string,
  guard: FileSourceOptions["guard"],
): AsyncIterable<Uint8Array> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let isPlain = true;
  let bytes = 0;
  for await (const chunk of named(chunks, file)) {
    isPlain &&= isAscii(chunk);
    if (!isPlain) decoded(decoder, chunk, invalidAfter(file, bytes));
    yield chunk;
    bytes += chunk.length;
    guard?.look(file, bytes);
  }
  decoded(decoder, undefined, endsInside(file));
}

const invalidAfter = (file: string, bytes: number): string =>
  `${file}: expected UTF-8, got invalid bytes after byte ${bytes}`;
const endsInside = (file: string): string => `${file}: ends in the middle of a UTF-8 character`;

function decoded(decoder: TextDecoder, chunk: Buffer | undefined, wrong: string): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    throw new UsageError(`${wrong}: histories must be UTF-8 text, so convert it first`);
  }
}

/** Passes on the chunks; errors name the file. */
async function* named(chunks: AsyncIterable<Buffer>, file: string): AsyncIterable<Buffer> {
  try {
    yield* chunks;
  } catch (reason) {
    throw unreadable(file, reason);
  }
}

async function headOf(pieces: AsyncIterable<string>): Promise<string> {
  let head = "";
  for await (const piece of pieces) {
    head += piece;
    if (head.length >= headLength) break;
  }
  return head.slice(0, headLength);
}

/** Makes the UsageError for a file that cannot be read. */
export const unreadable = (file: string, reason: unknown): UsageError =>
  new UsageError(`cannot read ${file}: ${(reason as Error).message}`);
