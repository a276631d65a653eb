import type { Operation } from "../../core/op.ts";
import { millis, type Nanos } from "../../core/time.ts";
import { startOf, tookMicros } from "./measure.ts";

/** The operations shown of a long run, and how many are left out. */
export interface Kept {
  readonly operations: readonly Operation[];
  /** Number of `ok` operations that are not shown. */
  readonly dropped: number;
  /** Number of `fail` and `info` operations represented by a neighbour of the same node, kind, outcome and latency. */
  readonly merged: number;
  /** Length of the steps whose slowest and fastest operations are all shown. */
  readonly stepSeconds: number;
}

/**
 * Picks about `limit` operations that draw the same picture. Every `fail` and `info` stays, and the slowest and the fastest
 * `ok` of each kind of operation in each step (100 ms, or more in a long run); of the other `ok` operations, every n-th stays. Only if failures and
 * extremes alone exceed the limit are failures merged that would be drawn on the same spot.
 */
export function thin(operations: readonly Operation[], end: Nanos, limit: number): Kept {
  if (operations.length <= limit) return { operations, dropped: 0, merged: 0, stepSeconds: 0 };
  // With four kinds of operation, extremes take a third of the limit.
  const step = Math.max(millis(100), (end * 24) / limit);
  const extremes = extremesOf(operations, step, end);
  const failed = operations.filter((operation) => operation.outcome.type !== "ok");
  const failures = failed.length + extremes.size > limit ? mergeCoincident(failed, limit / 3, end) : failed;
  const rest = operations.filter((operation) => operation.outcome.type === "ok" && !extremes.has(operation));
  const room = Math.max(0, limit - failures.length - extremes.size);
  const every = room === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil(rest.length / room));
  const sample = rest.filter((_, i) => i % every === 0 && every !== Number.POSITIVE_INFINITY);
  return {
    operations: [...failures, ...extremes, ...sample],
    dropped: rest.length - sample.length,
    merged: failed.length - failures.length,
    stepSeconds: step / 1e9,
  };
}

/** Slowest and fastest `ok` of each kind of operation in each step. */
function extremesOf(operations: readonly Operation[], step: number, end: Nanos): Set<Operation> {
  const slowest = new Map<string, Operation>();
  const fastest = new Map<string, Operation>();
  for (const operation of operations) {
    if (operation.outcome.type !== "ok") continue;
    const startedAt = startOf(operation, "response");
    const cell = `${Math.floor(startedAt / step)} ${operation.call.f}`;
    const micros = tookMicros(operation, "response", end);
    const slow = slowest.get(cell);
    if (slow === undefined || micros > tookMicros(slow, "response", end)) slowest.set(cell, operation);
    const fast = fastest.get(cell);
    if (fast === undefined || micros < tookMicros(fast, "response", end)) fastest.set(cell, operation);
  }
  return new Set([...slowest.values(), ...fastest.values()]);
}

/**
 * Keeps the slowest of the operations that share a spot, all else equal: at first a thousandth of the run and 3% of latency, then
 * larger spots until about `wanted` operations are left, but never more than a fiftieth of the run.
 */
function mergeCoincident(operations: readonly Operation[], wanted: number, end: Nanos): Operation[] {
  for (let columns = 1_000, ratio = 0.03; ; columns /= 2, ratio *= 2) {
    const kept = slowestOfSpots(operations, columns, ratio, end);
    if (kept.length <= wanted || columns < 100) return kept;
  }
}

function slowestOfSpots(
  operations: readonly Operation[],
  columns: number,
  ratio: number,
  end: Nanos,
): Operation[] {
  const spots = new Map<string, Operation>();
  for (const operation of operations) {
    const startedAt = startOf(operation, "response");
    const micros = tookMicros(operation, "response", end);
    const spot = [
      Math.floor((startedAt / end) * columns),
      Math.floor(Math.log(Math.max(1, micros)) / ratio),
      operation.outcome.type,
      operation.call.f,
      operation.node ?? "",
    ].join(" ");
    const other = spots.get(spot);
    if (other === undefined || micros > tookMicros(other, "response", end)) spots.set(spot, operation);
  }
  return [...spots.values()];
}
