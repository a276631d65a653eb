/** Capability `delete`. */
import type { Revision } from "../../core/op.ts";
import type { Ask } from "./ask.ts";

export interface Deletion {
  /** Whether the key existed, observed atomically. */
  readonly existed: boolean;
  /** Revision of the removal, if the key existed and the system reports it. */
  readonly revision?: Revision;
}

/** Removes the key. */
export type Delete = (key: string, ask?: Ask) => Promise<Deletion>;
