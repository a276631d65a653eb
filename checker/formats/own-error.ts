/**
 * Errors of our own histories in EDN: `:assay/mismatch`. The prefix distinguishes them from other writers' errors, which do
 * not mean that an atomic comparison observed another value.
 */
import type { Json } from "../../core/op.ts";

const prefix = "assay/";

export const ownError = (code: string): string =>
  /^[\w-]+$/.test(code) ? `:${prefix}${code}` : JSON.stringify(`${prefix}${code}`);

/** The code of an error of ours, undefined for any other. */
export const ownErrorCode = (error: Json): string | undefined =>
  typeof error === "string" && error.startsWith(prefix) ? error.slice(prefix.length) : undefined;
