import { unreachable } from "../../core/assert.ts";
import type { ByteReader, ByteWriter } from "./bytes.ts";
import type {
  CompactRequest,
  Compare,
  DeleteRangeRequest,
  KeyRange,
  KvRequest,
  PutRequest,
  RangeRequest,
  TxnRequest,
  WriteRequest,
} from "./request.ts";
import { maxTxnOperations } from "./validate.ts";

/** Positions in these lists are what is written: append only. */
const types = ["put", "delete-range", "txn", "compact", "range"] as const;
const sortOrders = ["none", "ascend", "descend"] as const;
const sortTargets = ["key", "version", "create", "mod", "value"] as const;
const compareTargets = ["version", "create", "mod", "value"] as const;
const compareResults = ["equal", "greater", "less", "not-equal"] as const;

export function writeRequest(writer: ByteWriter, request: KvRequest | WriteRequest): void {
  writer.byte(types.indexOf(request.type));
  switch (request.type) {
    case "put":
      writer.bytes(request.key);
      writer.bytes(request.value);
      writer.boolean(request.prevKv);
      writer.boolean(request.ignoreValue);
      return;
    case "delete-range":
      writeKeys(writer, request);
      writer.boolean(request.prevKv);
      return;
    case "txn":
      writeTxn(writer, request);
      return;
    case "compact":
      writer.double(request.revision);
      return;
    case "range":
      writeRange(writer, request);
      return;
    default:
      unreachable(request);
  }
}

/** Throws a CodecError if the bytes are not what `writeRequest` wrote of a request that may write. */
export function readWriteRequest(reader: ByteReader): WriteRequest {
  const request = readRequest(reader, 0);
  if (request.type === "range") throw reader.error("a request that may write, got a range");
  return request;
}

/** `depth`: in how many transactions it is nested. */
function readRequest(reader: ByteReader, depth: number): KvRequest | CompactRequest {
  // Every level takes one of the operations that a transaction may have: deeper ones were never written.
  if (depth > maxTxnOperations) throw reader.error("a less deeply nested transaction");
  const type = readName(reader, types);
  switch (type) {
    case "put":
      return readPut(reader);
    case "delete-range":
      return readDeleteRange(reader);
    case "txn":
      return readTxn(reader, depth);
    case "compact":
      return { type, revision: reader.double() };
    case "range":
      return readRange(reader);
    default:
      return unreachable(type);
  }
}

const readPut = (reader: ByteReader): PutRequest => ({
  type: "put",
  key: reader.bytes(),
  value: reader.bytes(),
  prevKv: reader.boolean(),
  ignoreValue: reader.boolean(),
});

const readDeleteRange = (reader: ByteReader): DeleteRangeRequest => ({
  type: "delete-range",
  ...readKeys(reader),
  prevKv: reader.boolean(),
});

function writeTxn(writer: ByteWriter, request: TxnRequest): void {
  writer.natural(request.compare.length);
  for (const comparison of request.compare) writeCompare(writer, comparison);
  for (const branch of [request.success, request.failure]) {
    writer.natural(branch.length);
    for (const nested of branch) writeRequest(writer, nested);
  }
}

function readTxn(reader: ByteReader, depth: number): TxnRequest {
  const branch = () =>
    readList(reader, () => {
      const request = readRequest(reader, depth + 1);
      if (request.type === "compact") throw reader.error("a request of a transaction, got a compaction");
      return request;
    });
  return {
    type: "txn",
    compare: readList(reader, () => readCompare(reader)),
    success: branch(),
    failure: branch(),
  };
}

function writeCompare(writer: ByteWriter, comparison: Compare): void {
  writeKeys(writer, comparison);
  writer.byte(compareTargets.indexOf(comparison.target));
  writer.byte(compareResults.indexOf(comparison.result));
  writer.double(comparison.number ?? 0);
  writer.bytes(comparison.value ?? new Uint8Array(0));
}

const readCompare = (reader: ByteReader): Compare => ({
  ...readKeys(reader),
  target: readName(reader, compareTargets),
  result: readName(reader, compareResults),
  number: reader.double(),
  value: reader.bytes(),
});

function writeRange(writer: ByteWriter, request: RangeRequest): void {
  writeKeys(writer, request);
  writer.double(request.limit);
  writer.double(request.revision);
  writer.byte(sortOrders.indexOf(request.sortOrder));
  writer.byte(sortTargets.indexOf(request.sortTarget));
  writer.boolean(request.keysOnly);
  writer.boolean(request.countOnly);
  writer.double(request.minModRevision);
  writer.double(request.maxModRevision);
  writer.double(request.minCreateRevision);
  writer.double(request.maxCreateRevision);
}

const readRange = (reader: ByteReader): RangeRequest => ({
  type: "range",
  ...readKeys(reader),
  limit: reader.double(),
  revision: reader.double(),
  sortOrder: readName(reader, sortOrders),
  sortTarget: readName(reader, sortTargets),
  keysOnly: reader.boolean(),
  countOnly: reader.boolean(),
  minModRevision: reader.double(),
  maxModRevision: reader.double(),
  minCreateRevision: reader.double(),
  maxCreateRevision: reader.double(),
});

/** No end and an end without bytes mean the same. */
function writeKeys(writer: ByteWriter, { key, end }: KeyRange): void {
  writer.bytes(key);
  writer.bytes(end ?? new Uint8Array(0));
}

function readKeys(reader: ByteReader): KeyRange {
  const key = reader.bytes();
  const end = reader.bytes();
  return end.length === 0 ? { key } : { key, end };
}

function readName<const T extends string>(reader: ByteReader, names: readonly T[]): T {
  const name = names[reader.byte()];
  if (name === undefined) throw reader.error(`one of ${names.join(", ")}`);
  return name;
}

const readList = <T>(reader: ByteReader, read: () => T): T[] => Array.from({ length: reader.count() }, read);
