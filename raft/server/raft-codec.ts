import { type Entry, logIndex, type Membership, memberId, type Snapshot, term } from "../core/types.ts";
import type { ByteReader, ByteWriter } from "../kv/bytes.ts";

/** Format of entries, memberships and snapshots, the same on disk and between peers. */

const entryTypes = ["empty", "command", "membership"] as const satisfies readonly Entry["type"][];

/** Entries whose indices follow each other: first index, count, then term, type and data of each. */
export function writeEntries(writer: ByteWriter, entries: readonly Entry[]): void {
  writer.natural(entries[0]?.index ?? 0);
  writer.natural(entries.length);
  for (const entry of entries) {
    writer.natural(entry.term);
    writer.byte(entryTypes.indexOf(entry.type));
    writer.bytes(entry.data);
  }
}

/** Throws a CodecError if the bytes are not what `writeEntries` wrote, as do all readers here. */
export function readEntries(reader: ByteReader): Entry[] {
  const first = reader.natural();
  const count = reader.count();
  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) {
    const entryTerm = term(reader.natural());
    const type = entryTypes[reader.byte()];
    if (type === undefined) throw reader.error("a type of entry");
    entries.push({ term: entryTerm, index: logIndex(first + i), type, data: reader.bytes() });
  }
  return entries;
}

export function writeMembership(writer: ByteWriter, membership: Membership): void {
  for (const ids of [membership.voters, membership.learners]) {
    writer.natural(ids.length);
    for (const id of ids) writer.natural(id);
  }
}

export function readMembership(reader: ByteReader): Membership {
  const ids = () => Array.from({ length: reader.count() }, () => memberId(reader.natural()));
  return { voters: ids(), learners: ids() };
}

export function writeSnapshot(writer: ByteWriter, snapshot: Snapshot): void {
  writeSnapshotHead(writer, snapshot);
  writer.bytes(snapshot.data);
}

/** All of a snapshot that comes before its data. */
export function writeSnapshotHead(writer: ByteWriter, snapshot: Omit<Snapshot, "data">): void {
  writer.natural(snapshot.index);
  writer.natural(snapshot.term);
  writeMembership(writer, snapshot.membership);
}

export function readSnapshot(reader: ByteReader): Snapshot {
  return {
    index: logIndex(reader.natural()),
    term: term(reader.natural()),
    membership: readMembership(reader),
    data: reader.bytes(),
  };
}
