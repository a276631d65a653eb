import type { Adapter } from "./adapter.ts";
import { reference } from "./reference/adapter.ts";

/** Every system that Assay can put on trial, by the name that the command line uses. */
export const adapters = { reference } satisfies Record<string, Adapter>;
