/** Operations that the system did not answer as it should. */
import { isAnswer } from "../../core/errors.ts";
import type { Operation } from "../../core/op.ts";

export interface ErrorCounts {
  /** Failed, or with no known outcome. */
  readonly errors: number;
  readonly operations: number;
}

/** Whether an operation failed, or has no known outcome. */
export const isError = ({ outcome }: Operation): boolean =>
  outcome.type !== "ok" && !isAnswer(outcome.error.code);

export const errorsOf = (operations: readonly Operation[]): ErrorCounts => ({
  errors: operations.filter(isError).length,
  operations: operations.length,
});
