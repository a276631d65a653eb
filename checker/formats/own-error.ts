/**
 * Errors of our own histories in EDN: `:assay/mismatch`. The prefix keeps them apart from other writers' words, which do
 * not mean that an atomic comparison observed another value.
 */
import type { Json } from "../../core/op.ts";

const prefix = "assay/";

export const ownError = (code: string): string =>
  /^[\w-]+$/.test(code) ? `:${prefix}${code}` : JSON.stringify(`${prefix}${code}`);

/** The code of an error of ours, undefined of any other. */
export const ownErrorCode = (error: Json): string | undefined =>
  typeof error === "string" && error.startsWith(prefix) ? error.slice(prefix.length) : undefined;
