import type { Call, Json } from "../../core/op.ts";
import { badValue, unknownCall } from "./calls.ts";

/** One thing that is done to a store: a call of its own, or a part of a transaction. */
export type KvStep =
  | { readonly f: "get" | "delete" | "list"; readonly key: string }
  | { readonly f: "put"; readonly key: string; readonly value: Json };

/** A comparison of a transaction: of a key's value, or of the revision of its last write (0 where it is absent). */
export type KvComparison =
  | { readonly field: "value"; readonly key: string; readonly equal: boolean; readonly operand: Json }
  | { readonly field: "revision"; readonly key: string; readonly order: Order; readonly operand: number };

export type Order = "=" | "!=" | "<" | ">";

export interface KvTransaction {
  readonly compare: readonly KvComparison[];
  // biome-ignore lint/suspicious/noThenProperty: etcd's word; nobody awaits a transaction's description
  readonly then: readonly KvStep[];
  readonly else: readonly KvStep[];
}
