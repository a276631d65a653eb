import { AssertionError, unreachable } from "../../../core/assert.ts";
import type { KeyValue, KvResponse } from "../../kv/request.ts";
import type { Replica } from "../replica.ts";
import type {
  DeleteRangeResponseWire,
  HeaderWire,
  KeyValueWire,
  PutResponseWire,
  RangeResponseWire,
  ResponseOpWire,
  TxnResponseWire,
} from "./wire.ts";

/** Encoders from the state machine's response to the message for the client. */

export function responseHeader(replica: Replica, revision: number): HeaderWire {
  const { id, term } = replica.status();
  return { cluster_id: replica.clusterId, member_id: id, revision, raft_term: term };
}

type Response<T extends KvResponse["type"]> = Extract<KvResponse, { type: T }>;

export const rangeResponse = (
  header: HeaderWire,
  { kvs, more, count }: Response<"range">,
): RangeResponseWire => ({ header, kvs: kvs.map(keyValue), more, count });

export const putResponse = (header: HeaderWire, { prevKv }: Response<"put">): PutResponseWire => ({
  header,
  ...(prevKv !== undefined && { prev_kv: keyValue(prevKv) }),
});

export const deleteRangeResponse = (
  header: HeaderWire,
  { deleted, prevKvs }: Response<"delete-range">,
): DeleteRangeResponseWire => ({ header, deleted, prev_kvs: prevKvs.map(keyValue) });

export const txnResponse = (
  header: HeaderWire,
  { succeeded, responses }: Response<"txn">,
): TxnResponseWire => ({
  header,
  succeeded,
  responses: responses.map((response) => responseOp({ revision: header.revision }, response)),
});

function responseOp(header: HeaderWire, response: KvResponse): ResponseOpWire {
  switch (response.type) {
    case "range":
      return { response_range: rangeResponse(header, response) };
    case "put":
      return { response_put: putResponse(header, response) };
    case "delete-range":
      return { response_delete_range: deleteRangeResponse(header, response) };
    case "txn":
      return { response_txn: txnResponse(header, response) };
    case "compact":
      throw new AssertionError("a compaction inside a transaction");
    default:
      return unreachable(response);
  }
}

export const keyValue = (kv: KeyValue): KeyValueWire => ({
  key: kv.key,
  value: kv.value,
  create_revision: kv.createRevision,
  mod_revision: kv.modRevision,
  version: kv.version,
});
