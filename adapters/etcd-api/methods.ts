import { fileURLToPath } from "node:url";
import { loadSync, type MethodDefinition, type ServiceDefinition } from "@grpc/proto-loader";
import { assert } from "../../core/assert.ts";

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
}

export interface TxnRequest {
  readonly compare: readonly {
    readonly result: "EQUAL";
    readonly target: "VALUE";
    readonly key: Buffer;
    readonly value: Buffer;
  }[];
  readonly success: readonly { readonly requestPut: PutRequest }[];
}

export interface StatusAnswer extends Answer {
  readonly version: string;
  /** A member's id; "0" where the node knows no leader. */
  readonly leader: string;
  readonly raftTerm: string;
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
  status: method<Record<string, never>, StatusAnswer>("Maintenance", "Status"),
  authenticate: method<
    { readonly name: string; readonly password: string },
    Answer & { readonly token: string }
  >("Auth", "Authenticate"),
} as const;
