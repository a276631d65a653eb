/**
 * The messages of etcd.proto as the codec gives and takes them: names as in the file, bytes as Buffers, enums by name
 * (an unknown one stays a number), every field present but those of a oneof.
 *
 * 64-bit numbers are doubles. The ids and revisions of this server are far below 2^53; what a client sends beyond that
 * is a revision that does not exist either way.
 */

export interface RangeRequestWire {
  readonly key: Uint8Array;
  readonly range_end: Uint8Array;
  readonly limit: number;
  readonly revision: number;
  readonly sort_order: "NONE" | "ASCEND" | "DESCEND" | number;
  readonly sort_target: "KEY" | "VERSION" | "CREATE" | "MOD" | "VALUE" | number;
  readonly serializable: boolean;
  readonly keys_only: boolean;
  readonly count_only: boolean;
  readonly min_mod_revision: number;
  readonly max_mod_revision: number;
  readonly min_create_revision: number;
  readonly max_create_revision: number;
}

export interface PutRequestWire {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly lease: number;
  readonly prev_kv: boolean;
  readonly ignore_value: boolean;
  readonly ignore_lease: boolean;
}

export interface DeleteRangeRequestWire {
  readonly key: Uint8Array;
  readonly range_end: Uint8Array;
  readonly prev_kv: boolean;
}

/** One response, or none: at most one member is set. */
export interface RequestOpWire {
  readonly request_range?: RangeRequestWire;
  readonly request_put?: PutRequestWire;
  readonly request_delete_range?: DeleteRangeRequestWire;
  readonly request_txn?: TxnRequestWire;
}

export interface CompareWire {
  readonly result: "EQUAL" | "GREATER" | "LESS" | "NOT_EQUAL" | number;
  readonly target: "VERSION" | "CREATE" | "MOD" | "VALUE" | "LEASE" | number;
  readonly key: Uint8Array;
  readonly range_end: Uint8Array;
  readonly version?: number;
  readonly create_revision?: number;
  readonly mod_revision?: number;
  readonly value?: Uint8Array;
}

export interface TxnRequestWire {
  readonly compare: readonly CompareWire[];
  readonly success: readonly RequestOpWire[];
  readonly failure: readonly RequestOpWire[];
}

export interface CompactionRequestWire {
  readonly revision: number;
}

export interface HashKvRequestWire {
  readonly revision: number;
}

export interface MoveLeaderRequestWire {
  readonly targetID: number;
}

/** Response that says nothing but which member it is from. */
export interface HeaderOnlyWire {
  readonly header: HeaderWire;
}

/** Header of a response; inside a transaction, only the revision is given. */
export interface HeaderWire {
  readonly cluster_id?: number;
  readonly member_id?: number;
  readonly revision: number;
  readonly raft_term?: number;
}

export interface KeyValueWire {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly create_revision: number;
  readonly mod_revision: number;
  readonly version: number;
}

export interface RangeResponseWire {
  readonly header: HeaderWire;
  readonly kvs: readonly KeyValueWire[];
  readonly more: boolean;
  readonly count: number;
}

export interface PutResponseWire {
  readonly header: HeaderWire;
  readonly prev_kv?: KeyValueWire;
}

export interface DeleteRangeResponseWire {
  readonly header: HeaderWire;
  readonly deleted: number;
  readonly prev_kvs: readonly KeyValueWire[];
}

export type ResponseOpWire =
  | { readonly response_range: RangeResponseWire }
  | { readonly response_put: PutResponseWire }
  | { readonly response_delete_range: DeleteRangeResponseWire }
  | { readonly response_txn: TxnResponseWire };

export interface TxnResponseWire {
  readonly header: HeaderWire;
  readonly succeeded: boolean;
  readonly responses: readonly ResponseOpWire[];
}

export interface StatusResponseWire {
  readonly header: HeaderWire;
  readonly version: string;
  readonly dbSize: number;
  readonly dbSizeInUse: number;
  readonly leader: number;
  readonly raftIndex: number;
  readonly raftTerm: number;
  readonly raftAppliedIndex: number;
  readonly errors: readonly string[];
  readonly isLearner: boolean;
  /** This server's own: calls of fsync and fdatasync for its log since its start. Clients of etcd skip fields that they do not know. */
  readonly logSyncs: number;
}

export interface HashKvResponseWire {
  readonly header: HeaderWire;
  readonly hash: number;
  readonly compact_revision: number;
}

export interface MemberListResponseWire {
  readonly header: HeaderWire;
  readonly members: readonly {
    readonly ID: number;
    readonly name: string;
    readonly peerURLs: readonly string[];
    readonly clientURLs: readonly string[];
    readonly isLearner: boolean;
  }[];
}
