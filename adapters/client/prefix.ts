/** Capability `prefix`: reads all keys with the same prefix at once. */
import type { Revision } from "../../core/op.ts";
import type { Ask } from "./ask.ts";

export interface Versioned {
  readonly value: string;
  /** Revision of the value's last write; absent if the system does not report it. */
  readonly revision?: Revision;
}

export interface Prefix {
  /** Reads every key that starts with `prefix`, sorted by key, from one state. `mode` is one of the adapter's read modes. */
  list(prefix: string, mode: string, ask?: Ask): Promise<ReadonlyMap<string, Versioned>>;
}
