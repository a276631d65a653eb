/** Capability `delete`. */
import type { Revision } from "../../core/op.ts";
import type { Ask } from "./ask.ts";

export interface Deletion {
  /** Whether there was a key to remove: an atomic observation. */
  readonly existed: boolean;
  /** The revision of the removal, where there was one and the system gives it. */
  readonly revision?: Revision;
}

/** Removes the key. */
export type Delete = (key: string, ask?: Ask) => Promise<Deletion>;
