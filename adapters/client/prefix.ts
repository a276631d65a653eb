/** Capability `prefix`: the keys that start with the same text, read as one. */
import type { Revision } from "../../core/op.ts";
import type { Ask } from "./ask.ts";

export interface Versioned {
  readonly value: string;
  /** Where the system puts the value's last write in its order; absent where the system does not say. */
  readonly revision?: Revision;
}

export interface Prefix {
  /** Every key that starts with `prefix`, in the order of keys, as of one moment. `mode` is one of the adapter's read modes. */
  list(prefix: string, mode: string, ask?: Ask): Promise<ReadonlyMap<string, Versioned>>;
}
