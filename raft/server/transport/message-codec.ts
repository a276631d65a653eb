import { logIndex, type MemberId, type Message, memberId, type Term, term } from "../../core/types.ts";
import { ByteReader, ByteWriter } from "../../kv/bytes.ts";
import { readEntries, readSnapshot, writeEntries, writeSnapshot } from "../raft-codec.ts";

/** A message of Raft as bytes: type u8, from, to, term, then what the type has. */

const types = [
  "pre-vote",
  "vote",
  "pre-vote-reply",
  "vote-reply",
  "append",
  "append-reply",
  "heartbeat",
  "heartbeat-reply",
  "install-snapshot",
  "propose",
  "read-index",
  "read-index-reply",
  "timeout-now",
] as const satisfies readonly Message["type"][];

export function encodeMessage(message: Message): Uint8Array {
  const writer = new ByteWriter(sizeHint(message));
  writer.byte(types.indexOf(message.type));
  writer.natural(message.from);
  writer.natural(message.to);
  writer.natural(message.term);
  writeBody(writer, message);
  return writer.finish();
}

/** Throws a CodecError for whatever `encodeMessage` did not write. */
export function decodeMessage(bytes: Uint8Array): Message {
  const reader = new ByteReader(bytes);
  const type = types[reader.byte()];
  if (type === undefined) throw reader.error("a type of message");
  const envelope = {
    from: memberId(reader.natural()),
    to: memberId(reader.natural()),
    term: term(reader.natural()),
  };
  const message = readBody(reader, type, envelope);
  reader.end();
  return message;
}

function sizeHint(message: Message): number {
  let bytes = 64;
  if (message.type === "append") for (const entry of message.entries) bytes += entry.data.length + 16;
  if (message.type === "propose") for (const command of message.commands) bytes += command.length + 8;
  if (message.type === "install-snapshot") bytes += message.snapshot.data.length + 64;
  return bytes;
}

function writeBody(writer: ByteWriter, message: Message): void {
  switch (message.type) {
    case "pre-vote":
    case "vote":
      writer.natural(message.lastIndex);
      writer.natural(message.lastTerm);
      writer.boolean(message.transfer);
      break;
    case "pre-vote-reply":
    case "vote-reply":
      writer.boolean(message.granted);
      break;
    case "append":
      writer.natural(message.prevIndex);
      writer.natural(message.prevTerm);
      writer.natural(message.commit);
      writeEntries(writer, message.entries);
      break;
    case "append-reply":
      writer.boolean(message.success);
      writer.natural(message.index);
      writer.natural(message.hintTerm);
      writer.natural(message.refusedIndex);
      break;
    case "heartbeat":
      writer.natural(message.commit);
      writer.natural(message.readContext);
      break;
    case "heartbeat-reply":
      writer.natural(message.readContext);
      break;
    case "install-snapshot":
      writeSnapshot(writer, message.snapshot);
      break;
    case "propose":
      writer.natural(message.commands.length);
      for (const command of message.commands) writer.bytes(command);
      break;
    case "read-index":
      writer.natural(message.context);
      break;
    case "read-index-reply":
      writer.natural(message.context);
      writer.natural(message.index);
      writer.boolean(message.refused);
      break;
    default:
      message satisfies { type: "timeout-now" };
  }
}

function readBody(
  reader: ByteReader,
  type: Message["type"],
  envelope: { readonly from: MemberId; readonly to: MemberId; readonly term: Term },
): Message {
  const index = () => logIndex(reader.natural());
  const aTerm = () => term(reader.natural());
  switch (type) {
    case "pre-vote":
    case "vote":
      return { ...envelope, type, lastIndex: index(), lastTerm: aTerm(), transfer: reader.boolean() };
    case "pre-vote-reply":
    case "vote-reply":
      return { ...envelope, type, granted: reader.boolean() };
    case "append": {
      const head = { prevIndex: index(), prevTerm: aTerm(), commit: index() };
      return { ...envelope, type, ...head, entries: readEntries(reader) };
    }
    case "append-reply": {
      const head = { success: reader.boolean(), index: index() };
      return { ...envelope, type, ...head, hintTerm: aTerm(), refusedIndex: index() };
    }
    case "heartbeat":
      return { ...envelope, type, commit: index(), readContext: reader.natural() };
    case "heartbeat-reply":
      return { ...envelope, type, readContext: reader.natural() };
    case "install-snapshot":
      return { ...envelope, type, snapshot: readSnapshot(reader) };
    case "propose":
      return { ...envelope, type, commands: Array.from({ length: reader.count() }, () => reader.bytes()) };
    case "read-index":
      return { ...envelope, type, context: reader.natural() };
    case "read-index-reply": {
      const head = { context: reader.natural(), index: index() };
      return { ...envelope, type, ...head, refused: reader.boolean() };
    }
    default:
      return { ...envelope, type };
  }
}
