/** Capability `delete`. */
import type { Ask } from "./ask.ts";

/** Removes the key; resolves with false where there was none. */
export type Delete = (key: string, ask?: Ask) => Promise<boolean>;
