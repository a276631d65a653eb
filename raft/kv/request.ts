/** Bytes of a key or a value. Keys order by their bytes. */
export type Bytes = Uint8Array;

/**
 * `key` alone: that key. With `end`: the keys k with key <= k < end; `end` of one zero byte means: without an end
 * (etcd's convention; `key` of one zero byte with such an `end` is every key).
 */
export interface KeyRange {
  readonly key: Bytes;
  readonly end?: Bytes;
}

export interface RangeRequest extends KeyRange {
  readonly type: "range";
  /** 0: no limit. */
  readonly limit: number;
  /** 0: the newest. */
  readonly revision: number;
  readonly sortOrder: "none" | "ascend" | "descend";
  readonly sortTarget: "key" | "version" | "create" | "mod" | "value";
  readonly keysOnly: boolean;
  readonly countOnly: boolean;
  readonly minModRevision: number;
  readonly maxModRevision: number;
  readonly minCreateRevision: number;
  readonly maxCreateRevision: number;
}

export interface PutRequest {
  readonly type: "put";
  readonly key: Bytes;
  readonly value: Bytes;
  readonly prevKv: boolean;
  readonly ignoreValue: boolean;
}

export interface DeleteRangeRequest extends KeyRange {
  readonly type: "delete-range";
  readonly prevKv: boolean;
}

/** Compares `target` of the key, or of each key in the range, with the literal. */
export interface Compare extends KeyRange {
  readonly target: "version" | "create" | "mod" | "value";
  readonly result: "equal" | "greater" | "less" | "not-equal";
  readonly number?: number;
  readonly value?: Bytes;
}

export interface TxnRequest {
  readonly type: "txn";
  readonly compare: readonly Compare[];
  readonly success: readonly KvRequest[];
  readonly failure: readonly KvRequest[];
}

export interface CompactRequest {
  readonly type: "compact";
  readonly revision: number;
}

export type KvRequest = RangeRequest | PutRequest | DeleteRangeRequest | TxnRequest;
/** Requests that go through the log: all that may write. */
export type WriteRequest = PutRequest | DeleteRangeRequest | TxnRequest | CompactRequest;

export interface KeyValue {
  readonly key: Bytes;
  readonly value: Bytes;
  readonly createRevision: number;
  readonly modRevision: number;
  /** 1 at creation, one more at every put. */
  readonly version: number;
}

export type KvResponse =
  | {
      readonly type: "range";
      readonly kvs: readonly KeyValue[];
      readonly more: boolean;
      readonly count: number;
    }
  | { readonly type: "put"; readonly prevKv?: KeyValue }
  | { readonly type: "delete-range"; readonly deleted: number; readonly prevKvs: readonly KeyValue[] }
  | { readonly type: "txn"; readonly succeeded: boolean; readonly responses: readonly KvResponse[] }
  | { readonly type: "compact" };

/** Result of a request: the response, or the reason why it had no effect. */
export type KvResult =
  | { readonly ok: true; readonly revision: number; readonly response: KvResponse }
  | { readonly ok: false; readonly revision: number; readonly error: KvErrorCode };

export type KvErrorCode =
  | "compacted"
  | "future-revision"
  | "key-not-found"
  | "duplicate-key"
  | "empty-key"
  | "value-provided"
  | "too-many-operations"
  /** Its proposer had settled it, or has restarted since: it is not applied (again), and nobody waits for it. */
  | "superseded";
