/** Requests of clients to nodes of the in-memory system, and their answers. */
import type { Revision } from "../../core/op.ts";
import type { Versioned } from "../client/prefix.ts";
import type { TxnChange } from "../client/txn.ts";
import type { Found } from "./store.ts";

export type MemoryRequest =
  | {
      readonly type: "read";
      readonly key: string;
      readonly local: boolean;
      /** The state that is read; absent: the newest one. */
      readonly at?: Revision;
    }
  | { readonly type: "write"; readonly key: string; readonly value: string }
  | { readonly type: "cas"; readonly key: string; readonly from: string; readonly to: string }
  | { readonly type: "delete"; readonly key: string }
  | { readonly type: "list"; readonly prefix: string; readonly local: boolean }
  | { readonly type: "create"; readonly key: string; readonly value: string; readonly session: string }
  | { readonly type: "remove"; readonly key: string; readonly session: string }
  | { readonly type: "txn"; readonly changes: readonly TxnChange[] }
  | { readonly type: "compact"; readonly before: Revision }
  | { readonly type: "move-leader"; readonly to: string }
  | { readonly type: "open-session"; readonly ttlMs: number }
  | { readonly type: "renew-session"; readonly session: string }
  | { readonly type: "end-session"; readonly session: string };

export interface MemoryAnswer extends Found {
  /** The value that was read; that which a delete removed; the id of a session that was opened. */
  readonly value?: string;
  /** Reads: of the value. Transactions: of the change, if there was one. */
  readonly modRevision?: Revision;
  /** Entries that a list found, in the order of keys. */
  readonly entries?: ReadonlyMap<string, Versioned>;
}

export type ReadRequest = Extract<MemoryRequest, { readonly local: boolean }>;
export type ChangeRequest = Exclude<Extract<MemoryRequest, { readonly key: string }>, ReadRequest>;

export const isRead = (request: MemoryRequest): request is ReadRequest => "local" in request;
export const isChange = (request: MemoryRequest): request is ChangeRequest =>
  "key" in request && !isRead(request);

/** Value of the key afterwards; undefined if it is deleted. */
export function valueAfter(request: ChangeRequest): string | undefined {
  if (request.type === "delete" || request.type === "remove") return undefined;
  return request.type === "cas" ? request.to : request.value;
}
