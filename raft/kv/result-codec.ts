import { unreachable } from "../../core/assert.ts";
import type { ByteReader, ByteWriter } from "./bytes.ts";
import type { KeyValue, KvErrorCode, KvResponse, KvResult } from "./request.ts";
import { maxTxnOperations } from "./validate.ts";

/** Positions in these lists are what is written: append only. */
const types = ["range", "put", "delete-range", "txn", "compact"] as const;
const errors = [
  "compacted",
  "future-revision",
  "key-not-found",
  "duplicate-key",
  "empty-key",
  "value-provided",
  "too-many-operations",
  "superseded",
] as const satisfies readonly KvErrorCode[];

export function writeResult(writer: ByteWriter, result: KvResult): void {
  writer.boolean(result.ok);
  writer.natural(result.revision);
  if (result.ok) writeResponse(writer, result.response);
  else writer.byte(errors.indexOf(result.error));
}

/** Throws a CodecError if the bytes are not what `writeResult` wrote. */
export function readResult(reader: ByteReader): KvResult {
  const ok = reader.boolean();
  const revision = reader.natural();
  if (ok) return { ok, revision, response: readResponse(reader, 0) };
  const error = errors[reader.byte()];
  if (error === undefined) throw reader.error("an error code");
  return { ok, revision, error };
}

function writeResponse(writer: ByteWriter, response: KvResponse): void {
  writer.byte(types.indexOf(response.type));
  switch (response.type) {
    case "range":
      writeList(writer, response.kvs, writeKeyValue);
      writer.boolean(response.more);
      writer.natural(response.count);
      return;
    case "put":
      writeList(writer, response.prevKv === undefined ? [] : [response.prevKv], writeKeyValue);
      return;
    case "delete-range":
      writer.natural(response.deleted);
      writeList(writer, response.prevKvs, writeKeyValue);
      return;
    case "txn":
      writer.boolean(response.succeeded);
      writeList(writer, response.responses, writeResponse);
      return;
    case "compact":
      return;
    default:
      unreachable(response);
  }
}

function readResponse(reader: ByteReader, depth: number): KvResponse {
  if (depth > maxTxnOperations) throw reader.error("a less deeply nested response");
  const type = types[reader.byte()];
  switch (type) {
    case undefined:
      throw reader.error("a type of response");
    case "range":
      return { type, kvs: readList(reader, readKeyValue), more: reader.boolean(), count: reader.natural() };
    case "put": {
      const [prevKv] = readList(reader, readKeyValue);
      return { type, ...(prevKv !== undefined && { prevKv }) };
    }
    case "delete-range":
      return { type, deleted: reader.natural(), prevKvs: readList(reader, readKeyValue) };
    case "txn": {
      const succeeded = reader.boolean();
      return { type, succeeded, responses: readList(reader, () => readResponse(reader, depth + 1)) };
    }
    case "compact":
      return { type };
    default:
      return unreachable(type);
  }
}

function writeKeyValue(writer: ByteWriter, kv: KeyValue): void {
  writer.bytes(kv.key);
  writer.bytes(kv.value);
  writer.natural(kv.createRevision);
  writer.natural(kv.modRevision);
  writer.natural(kv.version);
}

const readKeyValue = (reader: ByteReader): KeyValue => ({
  key: reader.bytes(),
  value: reader.bytes(),
  createRevision: reader.natural(),
  modRevision: reader.natural(),
  version: reader.natural(),
});

function writeList<T>(
  writer: ByteWriter,
  items: readonly T[],
  write: (writer: ByteWriter, item: T) => void,
): void {
  writer.natural(items.length);
  for (const item of items) write(writer, item);
}

const readList = <T>(reader: ByteReader, read: (reader: ByteReader) => T): T[] =>
  Array.from({ length: reader.count() }, () => read(reader));
