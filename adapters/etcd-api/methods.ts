import { fileURLToPath } from "node:url";
import { loadSync, type MethodDefinition, type ServiceDefinition } from "@grpc/proto-loader";
import { assert } from "../../core/assert.ts";
import type { Ask } from "../client/ask.ts";

/**
 * The methods of etcd.proto as values, with the shapes of their messages. Fields are in camel case; 64-bit numbers
 * arrive as decimal strings, because member ids do not fit a double.
 */
export interface Method<Request, Response> {
  /** `/etcdserverpb.KV/Range` */
  readonly path: string;
  readonly serialize: (request: Request) => Buffer;
  readonly deserialize: (bytes: Buffer) => Response;
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
  readonly serializable: boolean;
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
  readonly success: readonly { readonly requestPut: PutRequest }[];
}

export interface StatusAnswer extends Answer {
  readonly version: string;
  /** A member's id; "0" where the node knows no leader. */
  readonly leader: string;
  readonly raftTerm: string;
}

export interface MemberListAnswer extends Answer {
  readonly members: readonly {
    readonly id: string;
    readonly name: string;
    readonly peerUrls: readonly string[];
    readonly isLearner: boolean;
  }[];
}

export interface LeaseAnswer extends Answer {
  readonly id: string;
  /** Seconds; "0" for a keep-alive of a lease that is gone. */
  readonly ttl: string;
}

const definition = loadSync(fileURLToPath(new URL("./etcd.proto", import.meta.url)), {
  longs: String,
  enums: String,
  defaults: true,
});

function method<Request, Response>(service: string, name: string): Method<Request, Response> {
  const methods = definition[`etcdserverpb.${service}`] as ServiceDefinition | undefined;
  const found = methods?.[name] as MethodDefinition<object, object> | undefined;
  assert(found !== undefined, `etcd.proto has no ${service}.${name}`);
  return {
    path: found.path,
    serialize: found.requestSerialize as (request: unknown) => Buffer,
    deserialize: found.responseDeserialize as (bytes: Buffer) => Response,
  };
}

export const methods = {
  range: method<RangeRequest, Answer & { readonly kvs: readonly KeyValue[] }>("KV", "Range"),
  put: method<PutRequest, Answer>("KV", "Put"),
  deleteRange: method<{ readonly key: Buffer }, Answer & { readonly deleted: string }>("KV", "DeleteRange"),
  txn: method<TxnRequest, Answer & { readonly succeeded: boolean }>("KV", "Txn"),
  hashKv: method<
    { readonly revision: number },
    Answer & { readonly hash: number; readonly compactRevision: string }
  >("Maintenance", "HashKV"),
  compact: method<{ readonly revision: string; readonly physical: boolean }, Answer>("KV", "Compact"),
  memberList: method<Record<string, never>, MemberListAnswer>("Cluster", "MemberList"),
  moveLeader: method<{ readonly targetId: string }, Answer>("Maintenance", "MoveLeader"),
  leaseGrant: method<{ readonly ttl: string }, LeaseAnswer>("Lease", "LeaseGrant"),
  leaseRevoke: method<{ readonly id: string }, Answer>("Lease", "LeaseRevoke"),
  /** A stream of which one question and one answer are used: on the wire a call like any other. */
  leaseKeepAlive: method<{ readonly id: string }, LeaseAnswer>("Lease", "LeaseKeepAlive"),
  status: method<Record<string, never>, StatusAnswer>("Maintenance", "Status"),
  authenticate: method<
    { readonly name: string; readonly password: string },
    Answer & { readonly token: string }
  >("Auth", "Authenticate"),
} as const;
