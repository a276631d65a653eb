/** The two ways to time an operation, and the moment at which each puts it in charts and tables. */
import type { Operation } from "../../core/op.ts";
import type { LatencySummary } from "../../core/run.ts";
import type { Nanos } from "../../core/time.ts";

/** `response`: from when an operation was meant to start. `service`: from when it was sent. */
export type Measure = LatencySummary["measure"];
export const measures = ["response", "service"] as const satisfies readonly Measure[];

/** When the operation starts by this measure: when it was meant to (`response`), or was sent (`service`). */
export const startOf = ({ intendedAt, invokedAt }: Operation, measure: Measure): Nanos =>
  measure === "response" ? (intendedAt ?? invokedAt) : invokedAt;

/** Microseconds from the start to the outcome, or to `end` if there was no answer. */
export const tookMicros = (operation: Operation, measure: Measure, end: Nanos): number =>
  (Math.min(operation.completedAt, end) - startOf(operation, measure)) / 1e3;

/** Smallest of the ascending values that a `share` of them does not exceed; NaN if there are none. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Operations in order of their starts, for looking up periods. */
export interface Timed {
  readonly measure: Measure;
  readonly operations: readonly Operation[];
  /** Start of each operation, ascending. */
  readonly starts: Float64Array;
}

export function timed(operations: readonly Operation[], measure: Measure): Timed {
  const starts = new Float64Array(operations.length);
  let isSorted = true;
  operations.forEach((operation, i) => {
    const start = startOf(operation, measure);
    starts[i] = start;
    if (i > 0 && (starts[i - 1] as number) > start) isSorted = false;
  });
  if (isSorted) return { measure, operations, starts };
  const order = Uint32Array.from(operations.keys());
  order.sort((a, b) => (starts[a] as number) - (starts[b] as number) || a - b);
  return {
    measure,
    operations: Array.from(order, (i) => operations[i] as Operation),
    starts: starts.sort(),
  };
}

/** The operations that start from `from` on and before `to`. */
export const within = ({ operations, starts }: Timed, from: number, to: number): readonly Operation[] =>
  operations.slice(firstFrom(starts, from), firstFrom(starts, to));

/** Position of the first of the ascending values that is at least `value`. */
export function firstFrom(ascending: ArrayLike<number>, value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
