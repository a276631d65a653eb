import { type Entry, logIndex, type Membership, memberId, type Snapshot, term } from "../core/types.ts";
import { type ByteReader, type ByteWriter, MalformedError } from "./bytes.ts";

/** How entries, memberships and snapshots are written, the same on disk and between peers. */

const entryTypes = ["empty", "command", "membership"] as const satisfies readonly Entry["type"][];

/** Entries whose indices follow each other: first index, count, then term, type and data of each. */
export function writeEntries(writer: ByteWriter, entries: readonly Entry[]): void {
  writer.varint(entries[0]?.index ?? 0);
  writer.varint(entries.length);
  for (const entry of entries) {
    writer.varint(entry.term);
    writer.byte(entryTypes.indexOf(entry.type));
    writer.bytes(entry.data);
  }
}

/** `data` of the entries are views of the reader's bytes. */
export function readEntries(reader: ByteReader): Entry[] {
  const first = reader.varint();
  const count = reader.count(3);
  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) {
    const entryTerm = term(reader.varint());
    const code = reader.byte();
    const type = entryTypes[code];
    if (type === undefined) throw new MalformedError(`${code} is no type of entry`);
    entries.push({ term: entryTerm, index: logIndex(first + i), type, data: reader.bytes() });
  }
  return entries;
}

export function writeMembership(writer: ByteWriter, membership: Membership): void {
  for (const ids of [membership.voters, membership.learners]) {
    writer.varint(ids.length);
    for (const id of ids) writer.varint(id);
  }
}

export function readMembership(reader: ByteReader): Membership {
  const ids = () => Array.from({ length: reader.count(1) }, () => memberId(reader.varint()));
  return { voters: ids(), learners: ids() };
}

export function writeSnapshot(writer: ByteWriter, snapshot: Snapshot): void {
  writer.varint(snapshot.index);
  writer.varint(snapshot.term);
  writeMembership(writer, snapshot.membership);
  writer.bytes(snapshot.data);
}

export function readSnapshot(reader: ByteReader): Snapshot {
  return {
    index: logIndex(reader.varint()),
    term: term(reader.varint()),
    membership: readMembership(reader),
    data: reader.bytes(),
  };
}
