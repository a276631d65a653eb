import { describeCall, labelCall } from "../checker/linearizability/explain/describe-call.ts";
import type { CallWords } from "../checker/model.ts";
import { isUntimed } from "../checker/untimed.ts";
import type { Operation } from "../core/op.ts";
import { cutEnd } from "../core/wording.ts";
import { formatMicros, formatTime } from "./numbers.ts";

/** Operations in the words of their model: short ones for a drawing's bars, full ones for tables and tooltips. */

/** A bar has room for this many characters, without the outcome. */
const longestLabel = 22;

/** `w 41 ok`, `r 41 ok`, `cas 41→42 ?`: what fits on a bar. `?` is an outcome that nobody knows. With `revisions`, `r 41 @17 ok`. */
export function barLabel({ call, outcome }: Operation, words: CallWords, revisions = false): string {
  const ending = outcome.type === "ok" ? "ok" : outcome.type === "fail" ? "fail" : "?";
  const revision =
    revisions && outcome.type === "ok" && outcome.output.revision !== undefined
      ? ` @${outcome.output.revision}`
      : "";
  return `${cutEnd(labelCall(words, call, outcome), longestLabel)}${revision} ${ending}`;
}

/** `ok in 1.24 ms`, `fail (mismatch) in 0.8 ms`, `unknown (timeout), given up after 1 s` */
export function describeOutcome(operation: Operation): string {
  const { outcome } = operation;
  if (isUntimed(operation)) return outcome.type === "info" ? "unknown" : outcome.type;
  const took = formatMicros((operation.completedAt - operation.invokedAt) / 1e3);
  if (outcome.type === "ok") return `ok in ${took}`;
  if (outcome.type === "fail") return `fail (${outcome.error.code}) in ${took}`;
  return Number.isFinite(operation.completedAt)
    ? `unknown (${outcome.error.code}), given up after ${took}`
    : "unknown, never answered";
}

/** When an operation was sent: `12.481 s`, or `event 7` of a history without times. */
export const momentOf = (operation: Operation): string =>
  isUntimed(operation) ? `event ${operation.callIndex}` : formatTime(operation.invokedAt / 1e9);

/** One operation as a line: who, where, what, when, how it ended. */
export function describeOperation(operation: Operation, words: CallWords): string {
  const where = operation.node === undefined ? "" : ` on ${operation.node}`;
  const revision =
    operation.outcome.type === "ok" && operation.outcome.output.revision !== undefined
      ? `, revision ${operation.outcome.output.revision}`
      : "";
  return `process ${operation.process}${where}: ${describeCall(words, operation.call, operation.outcome)}, sent at ${momentOf(operation)}, ${describeOutcome(operation)}${revision}`;
}
