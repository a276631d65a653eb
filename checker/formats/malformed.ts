import { UsageError } from "../../core/errors.ts";

/** The error of input that is not what its format says: where, what was expected, what stands there. */
export function malformed(file: string, line: number, expected: string, got?: string): UsageError {
  const found = got === undefined ? "" : `, got ${got.length > 60 ? `${got.slice(0, 60)}…` : got}`;
  return new UsageError(`${file}:${line}: expected ${expected}${found}`);
}
