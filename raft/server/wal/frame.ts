import { crc32 } from "node:zlib";
import { CorruptionError } from "../corruption.ts";

/**
 * The unit of the write-ahead log: one frame is one write and one fdatasync.
 *
 *     length u32 | number u48 | checksum of the payload u32 | checksum of the 14 bytes before u32 | payload | mark u8
 *
 * Numbers rise by one from frame to frame, over all segments. The next frame is only written when the one before is
 * durable, so a frame with a higher number proves that the ones before it were: this is how damage in the middle
 * differs from a torn end. The header has a checksum of its own, so that a length can be believed. Header and mark are never
 * zero, so that neither end of a written frame reads as a sector that was not written.
 */
const frameHeaderBytes = 18;

const endMark = 0x5a;

/** A disk writes whole sectors; one that was not written reads as zeros. */
const sectorBytes = 512;

export function encodeFrame(number: number, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(frameHeaderBytes + payload.length + 1);
  frame.writeUInt32LE(payload.length, 0);
  frame.writeUIntLE(number, 4, 6);
  frame.writeUInt32LE(crc32(payload), 10);
  frame.writeUInt32LE(crc32(frame.subarray(0, 14)), 14);
  frame.set(payload, frameHeaderBytes);
  frame[frame.length - 1] = endMark;
  return frame;
}

export interface Frame {
  readonly number: number;
  readonly payload: Buffer;
  /** Offset of what follows. */
  readonly end: number;
}

/**
 * The frame at `offset` of a segment's content; `torn` where a crash cut the last write short; undefined at the end.
 * Throws a CorruptionError for everything that no crash explains. `expected`: the number that must stand there.
 */
export function readFrame(
  content: Buffer,
  offset: number,
  expected: number | undefined,
  file: string,
): Frame | "torn" | undefined {
  if (offset === content.length) return undefined;
  const header = readHeader(content, offset);
  if (header === undefined) {
    const problem = "bad header of a frame";
    return tornOrThrow(content, { offset, end: content.length, next: offset + 1, expected, file, problem });
  }
  if (expected !== undefined && header.number !== expected)
    throw new CorruptionError(file, offset, `frame ${header.number} stands where ${expected} was expected`);
  const start = offset + frameHeaderBytes;
  const end = start + header.length + 1;
  if (end > content.length) return "torn";
  const payload = content.subarray(start, end - 1);
  if (crc32(payload) !== header.payloadChecksum || content[end - 1] !== endMark) {
    const problem = `bad checksum of frame ${header.number}`;
    return tornOrThrow(content, { offset, end, next: end, expected: header.number, file, problem });
  }
  return { number: header.number, payload, end };
}

interface Header {
  readonly length: number;
  readonly number: number;
  readonly payloadChecksum: number;
}

function readHeader(content: Buffer, offset: number): Header | undefined {
  if (offset + frameHeaderBytes > content.length) return undefined;
  if (crc32(content.subarray(offset, offset + 14)) !== content.readUInt32LE(offset + 14)) return undefined;
  return {
    length: content.readUInt32LE(offset),
    number: content.readUIntLE(offset + 4, 6),
    payloadChecksum: content.readUInt32LE(offset + 10),
  };
}

/**
 * A write that a crash interrupted leaves a shorter file, or, where the machine lost power, sectors of zeros. Whatever
 * else is wrong was written whole and damaged later: it may have been acknowledged, so it must not be dropped.
 */
function tornOrThrow(content: Buffer, damage: Damage): "torn" {
  const { offset, end, next, expected, file, problem } = damage;
  const later = laterFrame(content, next, expected);
  if (later !== undefined)
    throw new CorruptionError(file, offset, `${problem}, and a whole frame follows at offset ${later}`);
  if (offset + frameHeaderBytes > content.length || hasZeroSector(content, offset, end)) return "torn";
  throw new CorruptionError(file, offset, `${problem} that is there in full`);
}

interface Damage {
  readonly offset: number;
  /** Offset at which the damaged frame ends; the end of the file if that is not known. */
  readonly end: number;
  /** Offset at which a later frame may begin. */
  readonly next: number;
  readonly expected: number | undefined;
  readonly file: string;
  readonly problem: string;
}

function laterFrame(content: Buffer, from: number, number: number | undefined): number | undefined {
  for (let offset = from; offset + frameHeaderBytes <= content.length; offset++) {
    // The number is looked at first: it is cheap and rules out nearly every offset.
    const found = content.readUIntLE(offset + 4, 6);
    if (number !== undefined && (found <= number || found > number + content.length)) continue;
    if (readHeader(content, offset) !== undefined) return offset;
  }
  return undefined;
}

/** Whether the part of any sector that lies in [from, to) is all zeros. */
function hasZeroSector(content: Buffer, from: number, to: number): boolean {
  let start = from;
  while (start < to) {
    const end = Math.min((Math.floor(start / sectorBytes) + 1) * sectorBytes, to);
    if (content.subarray(start, end).every((byte) => byte === 0)) return true;
    start = end;
  }
  return false;
}
