/** Capability `txn`: several changes at once, or none. */
import type { Revision } from "../../core/op.ts";
import type { Ask } from "./ask.ts";

export type TxnChange =
  | { readonly f: "write"; readonly key: string; readonly value: string }
  | { readonly f: "delete"; readonly key: string };

export interface Txn {
  /**
   * Makes all changes at one revision, each key once; a delete of an absent key changes nothing. Resolves with the revision,
   * if the system reports it and anything was changed. Rejects with a ClientError, definite if nothing was changed.
   */
  commit(changes: readonly TxnChange[], ask?: Ask): Promise<Revision | undefined>;
}
