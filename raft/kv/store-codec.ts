import { AssertionError } from "../../core/assert.ts";
import { type ByteReader, type ByteWriter, CodecError } from "./bytes.ts";
import { type Change, History } from "./history.ts";

/** Bytes of a part: a few milliseconds of work. */
const partBytes = 256 * 1024;

/** Writes the history as it is at the call, a part at each step of the generator: it may change in between. */
export function writeHistory(writer: ByteWriter, history: History): Generator<void, void> {
  writer.natural(history.revision);
  writer.natural(history.compactRevision);
  writer.natural(history.changes.length);
  return writeChanges(writer, history.changes.slice());
}

function* writeChanges(writer: ByteWriter, changes: readonly Change[]): Generator<void, void> {
  let bytes = 0;
  for (const change of changes) {
    writer.natural(change.modRevision);
    writer.natural(change.sub);
    writer.natural(change.createRevision);
    writer.natural(change.version);
    writer.bytes(change.key);
    writer.bytes(change.value);
    bytes += change.key.length + change.value.length;
    if (bytes < partBytes) continue;
    bytes = 0;
    yield;
  }
}

/** Throws a CodecError if the bytes are not what `writeHistory` wrote. */
export function readHistory(reader: ByteReader): History {
  const revision = reader.natural();
  const compactRevision = reader.natural();
  const changes: Change[] = [];
  for (let left = reader.count(); left > 0; left--) {
    changes.push({
      modRevision: reader.natural(),
      sub: reader.natural(),
      createRevision: reader.natural(),
      version: reader.natural(),
      key: reader.bytes(),
      value: reader.bytes(),
    });
  }
  try {
    return History.restore(revision, compactRevision, changes);
  } catch (reason) {
    if (reason instanceof AssertionError) throw new CodecError(`not a store: ${reason.message}`);
    throw reason;
  }
}
