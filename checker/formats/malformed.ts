import { UsageError } from "../../core/errors.ts";

/** The error for malformed input: where, what was expected, what was found. */
export function malformed(file: string, line: number, expected: string, got?: string): UsageError {
  const found = got === undefined ? "" : `, got ${got.length > 60 ? `${got.slice(0, 60)}…` : got}`;
  return new UsageError(`${file}:${line}: expected ${expected}${found}`);
}
