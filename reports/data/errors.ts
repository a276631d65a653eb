/** Operations that the system did not answer as it should. */
import type { ErrorCode } from "../../core/errors.ts";
import type { Operation } from "../../core/op.ts";

export interface ErrorCounts {
  /** Failed, or with no known outcome. */
  readonly errors: number;
  readonly operations: number;
}

/** Failures that are answers: a comparison that was refused, a key that is not there. */
const answers: ReadonlySet<ErrorCode> = new Set([
  "mismatch",
  "conflict",
  "not-found",
  "exists",
  "compacted",
  "future-revision",
]);

/** Whether an operation failed, or has no known outcome. */
export const isError = ({ outcome }: Operation): boolean =>
  outcome.type !== "ok" && !answers.has(outcome.error.code);

export const errorsOf = (operations: readonly Operation[]): ErrorCounts => ({
  errors: operations.filter(isError).length,
  operations: operations.length,
});
