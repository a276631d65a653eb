import type { Ask } from "../client/ask.ts";
import { encodeFrame } from "./framing.ts";
import { decodeMessage, type MessageType, message } from "./protobuf.ts";

/**
 * The methods of etcd.proto as values, with the shapes of their messages. Fields are in camel case; 64-bit numbers
 * arrive as decimal strings, because member ids do not fit a double.
 */
export interface Method<Request, Response> {
  /** `/etcdserverpb.KV/Range` */
  readonly path: string;
  /** The request as a frame of gRPC. */
  readonly encode: (request: Request) => Buffer;
  /** The answer out of its frame. Throws a RangeError if the bytes are no such answer. */
  readonly decode: (bytes: Buffer) => Response;
}

/** One request within the limits of its call, logged in where the options name a user. */
export type Call = <Request, Response>(
  method: Method<Request, Response>,
  request: Request,
  ask: Ask | undefined,
) => Promise<Response>;

export interface Header {
  readonly memberId: string;
  readonly revision: string;
  readonly raftTerm: string;
}

export interface Answer {
  readonly header: Header;
}

export interface KeyValue {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly modRevision: string;
}

export interface RangeRequest {
  readonly key: Buffer;
  readonly rangeEnd?: Buffer;
  /** The state that is read. Absent: the current one. */
  readonly revision?: string;
  readonly serializable: boolean;
}

export interface RangeAnswer extends Answer {
  readonly kvs: readonly KeyValue[];
}

export interface PutRequest {
  readonly key: Buffer;
  readonly value: Buffer;
  /** The lease that the key goes with. */
  readonly lease?: string;
}

/** The value is this, or the key was created at this revision ("0": it is not there). */
export type Comparison = { readonly result: "EQUAL"; readonly key: Buffer } & (
  | { readonly target: "VALUE"; readonly value: Buffer }
  | { readonly target: "CREATE"; readonly createRevision: string }
);

export interface TxnRequest {
  readonly compare: readonly Comparison[];
  readonly success: readonly (
    | { readonly requestPut: PutRequest }
    | { readonly requestDeleteRange: { readonly key: Buffer } }
  )[];
}

export interface TxnAnswer extends Answer {
  readonly succeeded: boolean;
  /** One for each change; that of a put is not read. */
  readonly responses: readonly { readonly responseDeleteRange?: { readonly deleted: string } }[];
}

export interface StatusAnswer extends Answer {
  readonly version: string;
  /** A member's id; "0" where the node knows no leader. */
  readonly leader: string;
  readonly raftTerm: string;
  /** Only the reference server has it: calls of fsync and fdatasync for its log since its start. "0" from etcd. */
  readonly logSyncs: string;
}

export interface MemberListAnswer {
  readonly members: readonly {
    readonly id: string;
    readonly name: string;
    readonly peerUrls: readonly string[];
    readonly isLearner: boolean;
  }[];
}

export interface LeaseAnswer {
  readonly id: string;
  /** Seconds; "0" for a keep-alive of a lease that is gone. */
  readonly ttl: string;
}

/** Also that of a stream's messages. */
export const header = message({ memberId: [2, "uint64"], revision: [3, "int64"], raftTerm: [4, "uint64"] });
const onlyHeader = message({ header: [1, header] });
/** An answer whose content is not read; some have no header. */
const nothing = message({});
const keyValue = message({ key: [1, "bytes"], modRevision: [3, "int64"], value: [5, "bytes"] });
const put = message({ key: [1, "bytes"], value: [2, "bytes"], lease: [3, "int64"] });
const onlyKey = message({ key: [1, "bytes"] });
const deletedCount = message({ deleted: [2, "int64"] });
const leaseAnswer = message({ id: [2, "int64"], ttl: [3, "int64"] });

const comparison = message({
  result: [1, { names: ["EQUAL"] }],
  target: [2, { names: ["VERSION", "CREATE", "MOD", "VALUE"] }],
  key: [3, "bytes"],
  createRevision: [5, "int64"],
  value: [7, "bytes"],
});

const member = message({
  id: [1, "uint64"],
  name: [2, "string"],
  peerUrls: [3, "string", "repeated"],
  isLearner: [5, "bool"],
});

function method<Request extends object, Response>(
  path: string,
  request: MessageType,
  response: MessageType,
): Method<Request, Response> {
  return {
    path: `/etcdserverpb.${path}`,
    encode: (value) => encodeFrame(request, value),
    decode: (bytes) => decodeMessage(response, bytes) as Response,
  };
}

export const methods = {
  range: method<RangeRequest, RangeAnswer>(
    "KV/Range",
    message({
      key: [1, "bytes"],
      rangeEnd: [2, "bytes"],
      revision: [4, "int64"],
      serializable: [7, "bool"],
    }),
    message({ header: [1, header], kvs: [2, keyValue, "repeated"] }),
  ),
  put: method<PutRequest, Answer>("KV/Put", put, onlyHeader),
  deleteRange: method<{ readonly key: Buffer }, Answer & { readonly deleted: string }>(
    "KV/DeleteRange",
    onlyKey,
    message({ header: [1, header], deleted: [2, "int64"] }),
  ),
  txn: method<TxnRequest, TxnAnswer>(
    "KV/Txn",
    message({
      compare: [1, comparison, "repeated"],
      success: [2, message({ requestPut: [2, put], requestDeleteRange: [3, onlyKey] }), "repeated"],
    }),
    message({
      header: [1, header],
      succeeded: [2, "bool"],
      responses: [3, message({ responseDeleteRange: [3, deletedCount, "optional"] }), "repeated"],
    }),
  ),
  hashKv: method<{ readonly revision: number }, { readonly hash: number; readonly compactRevision: string }>(
    "Maintenance/HashKV",
    message({ revision: [1, "int64"] }),
    message({ hash: [2, "uint32"], compactRevision: [3, "int64"] }),
  ),
  compact: method<{ readonly revision: string; readonly physical: boolean }, object>(
    "KV/Compact",
    message({ revision: [1, "int64"], physical: [2, "bool"] }),
    nothing,
  ),
  memberList: method<Record<string, never>, MemberListAnswer>(
    "Cluster/MemberList",
    nothing,
    message({ members: [2, member, "repeated"] }),
  ),
  moveLeader: method<{ readonly targetId: string }, object>(
    "Maintenance/MoveLeader",
    message({ targetId: [1, "uint64"] }),
    nothing,
  ),
  leaseGrant: method<{ readonly ttl: string }, LeaseAnswer>(
    "Lease/LeaseGrant",
    message({ ttl: [1, "int64"] }),
    leaseAnswer,
  ),
  leaseRevoke: method<{ readonly id: string }, object>(
    "Lease/LeaseRevoke",
    message({ id: [1, "int64"] }),
    nothing,
  ),
  /** A stream of which one question and one answer are used: on the wire a call like any other. */
  leaseKeepAlive: method<{ readonly id: string }, LeaseAnswer>(
    "Lease/LeaseKeepAlive",
    message({ id: [1, "int64"] }),
    leaseAnswer,
  ),
  status: method<Record<string, never>, StatusAnswer>(
    "Maintenance/Status",
    nothing,
    message({
      header: [1, header],
      version: [2, "string"],
      leader: [4, "uint64"],
      raftTerm: [6, "uint64"],
      logSyncs: [1000, "int64"],
    }),
  ),
  authenticate: method<{ readonly name: string; readonly password: string }, { readonly token: string }>(
    "Auth/Authenticate",
    message({ name: [1, "string"], password: [2, "string"] }),
    message({ token: [2, "string"] }),
  ),
} as const;
