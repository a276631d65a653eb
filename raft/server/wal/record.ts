import {
  type Entry,
  type HardState,
  type LogIndex,
  logIndex,
  memberId,
  type Term,
  term,
} from "../../core/types.ts";
import { ByteReader, ByteWriter } from "../../kv/bytes.ts";
import { readEntries, writeEntries } from "../raft-codec.ts";

/** Start of a log: everything up to `index` is in a snapshot. `term` of the entry at `index`. */
export interface LogBase {
  readonly index: LogIndex;
  readonly term: Term;
}

/** Owner of the log: a member must not start on the data of another. */
export interface Identity {
  readonly clusterId: number;
  readonly memberId: number;
}

/**
 * What a frame holds, in order. `segment` opens every segment and repeats what the segments before it established, so
 * that they can be removed. `entries` replace what stands at their first index and after it (§5.3). `installed`: a
 * snapshot of the leader replaced the whole log.
 */
export type WalRecord =
  | {
      readonly type: "segment";
      readonly identity: Identity;
      readonly base: LogBase;
      readonly hardState: HardState | undefined;
      readonly incarnation: number;
    }
  | { readonly type: "entries"; readonly entries: readonly Entry[] }
  | { readonly type: "hard-state"; readonly hardState: HardState }
  | { readonly type: "installed"; readonly base: LogBase }
  | { readonly type: "incarnation"; readonly incarnation: number };

const formatVersion = 1;
const codes = { segment: 1, entries: 2, "hard-state": 3, installed: 4, incarnation: 5 } as const;

export function encodeRecords(records: readonly WalRecord[]): Uint8Array {
  let bytes = 64;
  for (const record of records)
    if (record.type === "entries") for (const entry of record.entries) bytes += entry.data.length + 16;
  const writer = new ByteWriter(bytes);
  writer.natural(records.length);
  for (const record of records) writeRecord(writer, record);
  return writer.finish();
}

function writeRecord(writer: ByteWriter, record: WalRecord): void {
  writer.byte(codes[record.type]);
  switch (record.type) {
    case "segment":
      writer.natural(formatVersion);
      writer.natural(record.identity.clusterId);
      writer.natural(record.identity.memberId);
      writeBase(writer, record.base);
      writer.boolean(record.hardState !== undefined);
      if (record.hardState !== undefined) writeHardState(writer, record.hardState);
      writer.natural(record.incarnation);
      break;
    case "entries":
      writeEntries(writer, record.entries);
      break;
    case "hard-state":
      writeHardState(writer, record.hardState);
      break;
    case "installed":
      writeBase(writer, record.base);
      break;
    default:
      writer.natural(record.incarnation);
  }
}

/** Throws a CodecError for what `encodeRecords` never wrote. */
export function decodeRecords(payload: Uint8Array): WalRecord[] {
  const reader = new ByteReader(payload);
  const records = Array.from({ length: reader.count() }, () => readRecord(reader));
  reader.end();
  return records;
}

function readRecord(reader: ByteReader): WalRecord {
  switch (reader.byte()) {
    case codes.segment: {
      if (reader.natural() !== formatVersion) throw reader.error(`a log of version ${formatVersion}`);
      const identity = { clusterId: reader.natural(), memberId: reader.natural() };
      const base = readBase(reader);
      const hardState = reader.boolean() ? readHardState(reader) : undefined;
      return { type: "segment", identity, base, hardState, incarnation: reader.natural() };
    }
    case codes.entries:
      return { type: "entries", entries: readEntries(reader) };
    case codes["hard-state"]:
      return { type: "hard-state", hardState: readHardState(reader) };
    case codes.installed:
      return { type: "installed", base: readBase(reader) };
    case codes.incarnation:
      return { type: "incarnation", incarnation: reader.natural() };
    default:
      throw reader.error("a type of record");
  }
}

function writeBase(writer: ByteWriter, base: LogBase): void {
  writer.natural(base.index);
  writer.natural(base.term);
}

function readBase(reader: ByteReader): LogBase {
  return { index: logIndex(reader.natural()), term: term(reader.natural()) };
}

/** A vote of 0 is no vote: no member has that id. */
function writeHardState(writer: ByteWriter, hardState: HardState): void {
  writer.natural(hardState.term);
  writer.natural(hardState.vote ?? 0);
  writer.natural(hardState.commit);
}

function readHardState(reader: ByteReader): HardState {
  const stateTerm = term(reader.natural());
  const vote = reader.natural();
  return {
    term: stateTerm,
    vote: vote === 0 ? undefined : memberId(vote),
    commit: logIndex(reader.natural()),
  };
}
