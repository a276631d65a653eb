import type {
  Compare,
  DeleteRangeRequest,
  KeyRange,
  KvRequest,
  PutRequest,
  RangeRequest,
  TxnRequest,
} from "../../kv/request.ts";
import { maxTxnOperations } from "../../kv/validate.ts";
import { ApiError } from "./errors.ts";
import type {
  CompareWire,
  DeleteRangeRequestWire,
  PutRequestWire,
  RangeRequestWire,
  RequestOpWire,
  TxnRequestWire,
} from "./wire.ts";

/** Decoders from a client's message to the state machine's request. All throw an ApiError if the message is invalid. */

const sortOrders = new Map([
  ["NONE", "none"],
  ["ASCEND", "ascend"],
  ["DESCEND", "descend"],
] as const);

const sortTargets = new Map([
  ["KEY", "key"],
  ["VERSION", "version"],
  ["CREATE", "create"],
  ["MOD", "mod"],
  ["VALUE", "value"],
] as const);

const compareResults = new Map([
  ["EQUAL", "equal"],
  ["GREATER", "greater"],
  ["LESS", "less"],
  ["NOT_EQUAL", "not-equal"],
] as const);

export function rangeRequest(wire: RangeRequestWire): RangeRequest {
  const sortOrder = byName(sortOrders, wire.sort_order);
  const sortTarget = byName(sortTargets, wire.sort_target);
  if (sortOrder === undefined || sortTarget === undefined) throw new ApiError("invalid-sort");
  return {
    type: "range",
    ...keyRange(wire),
    limit: wire.limit,
    revision: wire.revision,
    sortOrder,
    sortTarget,
    keysOnly: wire.keys_only,
    countOnly: wire.count_only,
    minModRevision: wire.min_mod_revision,
    maxModRevision: wire.max_mod_revision,
    minCreateRevision: wire.min_create_revision,
    maxCreateRevision: wire.max_create_revision,
  };
}

export function putRequest(wire: PutRequestWire): PutRequest {
  if (wire.ignore_lease) throw new ApiError("leases-unsupported");
  // No lease was ever granted here, so none can be meant.
  if (wire.lease !== 0) throw new ApiError("lease-not-found");
  const { key, value, prev_kv: prevKv, ignore_value: ignoreValue } = wire;
  return { type: "put", key, value, prevKv, ignoreValue };
}

export const deleteRangeRequest = (wire: DeleteRangeRequestWire): DeleteRangeRequest => ({
  type: "delete-range",
  ...keyRange(wire),
  prevKv: wire.prev_kv,
});

/** `depth`: in how many transactions it is nested. */
export function txnRequest(wire: TxnRequestWire, depth = 0): TxnRequest {
  // Refused by the state machine too, but a stack may end before that.
  if (depth > maxTxnOperations) throw new ApiError("too-many-operations");
  const operation = (op: RequestOpWire): KvRequest => {
    if (op.request_range) return rangeRequest(op.request_range);
    if (op.request_put) return putRequest(op.request_put);
    if (op.request_delete_range) return deleteRangeRequest(op.request_delete_range);
    if (op.request_txn) return txnRequest(op.request_txn, depth + 1);
    // etcd's answer to an operation that says nothing.
    throw new ApiError("key-not-found");
  };
  return {
    type: "txn",
    compare: wire.compare.map(comparison),
    success: wire.success.map(operation),
    failure: wire.failure.map(operation),
  };
}

/** A literal of another target than the comparison's counts as none, which is 0 or no bytes. */
function comparison(wire: CompareWire): Compare {
  const result = byName(compareResults, wire.result);
  if (result === undefined) throw new ApiError("invalid-compare");
  const range = keyRange(wire);
  switch (wire.target) {
    case "VERSION":
      return { ...range, target: "version", result, number: wire.version ?? 0 };
    case "CREATE":
      return { ...range, target: "create", result, number: wire.create_revision ?? 0 };
    case "MOD":
      return { ...range, target: "mod", result, number: wire.mod_revision ?? 0 };
    case "VALUE":
      return { ...range, target: "value", result, value: wire.value ?? new Uint8Array(0) };
    case "LEASE":
      throw new ApiError("leases-unsupported");
    default:
      throw new ApiError("invalid-compare");
  }
}

const keyRange = ({ key, range_end: end }: { key: Uint8Array; range_end: Uint8Array }): KeyRange =>
  end.length === 0 ? { key } : { key, end };

const byName = <V>(names: ReadonlyMap<string, V>, name: string | number): V | undefined =>
  typeof name === "string" ? names.get(name) : undefined;

/** Whether the transaction consists only of reads that may be stale. One that only compares does not. */
export function isSerializable({ success, failure }: TxnRequestWire): boolean {
  const operations = [...success, ...failure];
  return (
    operations.length > 0 &&
    operations.every(
      ({ request_range: range, request_txn: txn }) =>
        range?.serializable === true || (txn !== undefined && isSerializable(txn)),
    )
  );
}

/** The bytes of keys and values that the request puts into the log. */
export function payloadBytes(request: KvRequest): number {
  switch (request.type) {
    case "put":
      return request.key.length + request.value.length;
    case "range":
    case "delete-range":
      return request.key.length + (request.end?.length ?? 0);
    case "txn": {
      let total = 0;
      for (const { key, end, value } of request.compare)
        total += key.length + (end?.length ?? 0) + (value?.length ?? 0);
      for (const each of [...request.success, ...request.failure]) total += payloadBytes(each);
      return total;
    }
  }
}
