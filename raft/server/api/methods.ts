import type { Service } from "./service.ts";

/** One method of the API as a transport offers it. */
export interface Method {
  /** Full name of the gRPC service. */
  readonly service: string;
  readonly name: string;
  /** Path in the JSON gateway, by POST. */
  readonly path: string;
  /** Turns the decoded request into the response to encode, both as in wire.ts. */
  readonly call: (request: never) => Promise<object>;
}

const kv = "etcdserverpb.KV";
const maintenance = "etcdserverpb.Maintenance";
const cluster = "etcdserverpb.Cluster";

export const methods = (service: Service): readonly Method[] => [
  { service: kv, name: "Range", path: "/v3/kv/range", call: (request) => service.range(request) },
  { service: kv, name: "Put", path: "/v3/kv/put", call: (request) => service.put(request) },
  {
    service: kv,
    name: "DeleteRange",
    path: "/v3/kv/deleterange",
    call: (request) => service.deleteRange(request),
  },
  { service: kv, name: "Txn", path: "/v3/kv/txn", call: (request) => service.txn(request) },
  { service: kv, name: "Compact", path: "/v3/kv/compaction", call: (request) => service.compact(request) },
  { service: maintenance, name: "Status", path: "/v3/maintenance/status", call: () => service.status() },
  {
    service: maintenance,
    name: "HashKV",
    path: "/v3/maintenance/hash",
    call: (request) => service.hashKv(request),
  },
  {
    service: maintenance,
    name: "MoveLeader",
    path: "/v3/maintenance/transfer-leadership",
    call: (request) => service.moveLeader(request),
  },
  {
    service: maintenance,
    name: "Defragment",
    path: "/v3/maintenance/defragment",
    call: () => service.defragment(),
  },
  { service: cluster, name: "MemberList", path: "/v3/cluster/member/list", call: () => service.memberList() },
];
