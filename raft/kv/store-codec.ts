import { AssertionError } from "../../core/assert.ts";
import { type ByteReader, type ByteWriter, CodecError } from "./bytes.ts";
import { type Change, History } from "./history.ts";

export function writeHistory(writer: ByteWriter, history: History): void {
  writer.natural(history.revision);
  writer.natural(history.compactRevision);
  writer.natural(history.changes.length);
  for (const change of history.changes) {
    writer.natural(change.modRevision);
    writer.natural(change.sub);
    writer.natural(change.createRevision);
    writer.natural(change.version);
    writer.bytes(change.key);
    writer.bytes(change.value);
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
