import { isUntimed } from "../checker/untimed.ts";
import type { Consistency } from "../core/consistency.ts";
import type { Call, Json, Operation, Result } from "../core/op.ts";
import { formatMicros, formatTime, shorten } from "./format.ts";

/** Operations in words: short ones for a drawing's bars, full ones for tables and tooltips. */

const shortNames: Readonly<Record<string, string>> = { read: "r", write: "w" };

/** `w 41 ok`, `r 41 ok`, `cas 41→42 ?`: what fits on a bar. `?` is an outcome that nobody knows. With `revisions`, `r 41 @17 ok`. */
export function barLabel(operation: Operation, revisions = false): string {
  const { call, outcome } = operation;
  const name = shortNames[call.f] ?? call.f;
  const ending = outcome.type === "ok" ? "ok" : outcome.type === "fail" ? "fail" : "?";
  const output = outcome.type === "ok" ? outcome.output : undefined;
  const revision = revisions && output?.revision !== undefined ? `@${output.revision}` : "";
  return [name, shorten(subjectOf(call, output), 18), revision, ending]
    .filter((part) => part !== "")
    .join(" ");
}

/** `write 41 to k3`, `read 41 from k3`, `cas k3 41→42`, with the argument or, for an answered read, the result. */
export function describeCall(operation: Operation): string {
  const { call, outcome } = operation;
  const key = call.key === undefined ? "" : ` ${call.key}`;
  const value = subjectOf(call, outcome.type === "ok" ? outcome.output : undefined);
  if (call.f === "write") return `write ${value}${call.key === undefined ? "" : ` to${key}`}`;
  if (call.f === "read")
    return outcome.type === "ok"
      ? `read ${value}${key && ` from${key}`}`
      : `read${key && ` from${key}`}, no answer`;
  return `${call.f}${key}${value === "" ? "" : ` ${value}`}`;
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
export function describeOperation(operation: Operation): string {
  const where = operation.node === undefined ? "" : ` on ${operation.node}`;
  const revision =
    operation.outcome.type === "ok" && operation.outcome.output.revision !== undefined
      ? `, revision ${operation.outcome.output.revision}`
      : "";
  return `process ${operation.process}${where}: ${describeCall(operation)}, sent at ${momentOf(operation)}, ${describeOutcome(operation)}${revision}`;
}

/** The value an operation is about: the result of an answered read, the argument of anything else. */
function subjectOf(call: Call, output: Result | undefined): string {
  if (call.value !== undefined) {
    if (call.f === "cas" && Array.isArray(call.value) && call.value.length === 2)
      return call.value.map(describeValue).join("→");
    return describeValue(call.value);
  }
  return output?.value === undefined ? "" : describeValue(output.value);
}

/** A value as a person writes it: `41`, `null` for an absent key, as checkers say it, JSON for what has parts. */
export function describeValue(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

interface PromiseWords {
  /** Follows "kept its promise of". */
  readonly reads: string;
  /** Follows "promise:". */
  readonly meaning: string;
  /** Why an anomaly that is marked as known does not count. */
  readonly known: string;
}

const allowed = "allowed by this read mode";

export const promiseWords: Readonly<Record<Consistency, PromiseWords>> = {
  linearizable: {
    reads: "linearizable reads",
    meaning:
      "linearizable, so every operation takes effect at one instant between its invocation and its answer",
    known: "measured here, judged by another checker",
  },
  "linearizable-known-limits": {
    reads: "up-to-date reads (known limits apart)",
    meaning: "up to date, with a known way to be stale; a violation is reported as that known limit",
    known: "a known limit, not counted",
  },
  sequential: {
    reads: "sequential reads",
    meaning: "each session sees one order and never goes back; stale reads are allowed",
    known: allowed,
  },
  "stale-monotonic": {
    reads: "monotonic reads",
    meaning: "stale reads are allowed, but revisions never go back within one client on one node",
    known: allowed,
  },
  stale: {
    reads: "reads of written values",
    meaning: "stale reads without bound; only values that were written may be read",
    known: allowed,
  },
};
