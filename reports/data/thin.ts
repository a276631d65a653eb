import type { Operation } from "../../core/op.ts";
import { millis, type Nanos } from "../../core/time.ts";
import { responseMicros } from "./series.ts";

/** What is left of a run too long to show every operation of, and how much is not. */
export interface Kept {
  readonly operations: readonly Operation[];
  /** `ok` operations that are not shown. */
  readonly dropped: number;
  /** `fail` and `info` operations that are shown by a neighbour of the same node, name, outcome and latency. */
  readonly merged: number;
}

/**
 * At most some `limit` operations that draw the same picture. Every `fail` and `info` stays, and of each kind of operation in
 * every 100 ms the slowest and the fastest `ok`; of the other `ok` operations every n-th stays, in order of time. Only
 * where the failures and extremes alone pass the limit do those merge which would be drawn on the same spot.
 */
export function thin(operations: readonly Operation[], end: Nanos, limit: number): Kept {
  if (operations.length <= limit) return { operations, dropped: 0, merged: 0 };
  const extremes = extremesOf(operations, end);
  const failed = operations.filter((operation) => operation.outcome.type !== "ok");
  const told = failed.length + extremes.size > limit ? mergeCoincident(failed, end) : failed;
  const rest = operations.filter((operation) => operation.outcome.type === "ok" && !extremes.has(operation));
  const room = Math.max(0, limit - told.length - extremes.size);
  const step = room === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil(rest.length / room));
  const sample = rest.filter((_, i) => i % step === 0 && step !== Number.POSITIVE_INFINITY);
  return {
    operations: [...told, ...extremes, ...sample],
    dropped: rest.length - sample.length,
    merged: failed.length - told.length,
  };
}

/** The slowest and the fastest `ok` operation of each kind in each 100 ms. */
function extremesOf(operations: readonly Operation[], end: Nanos): Set<Operation> {
  const bucket = Math.max(millis(100), end / 4_000);
  const slowest = new Map<string, Operation>();
  const fastest = new Map<string, Operation>();
  for (const operation of operations) {
    if (operation.outcome.type !== "ok") continue;
    const startedAt = operation.intendedAt ?? operation.invokedAt;
    const cell = `${Math.floor(startedAt / bucket)} ${operation.call.f}`;
    const micros = responseMicros(operation, end);
    const slow = slowest.get(cell);
    if (slow === undefined || micros > responseMicros(slow, end)) slowest.set(cell, operation);
    const fast = fastest.get(cell);
    if (fast === undefined || micros < responseMicros(fast, end)) fastest.set(cell, operation);
  }
  return new Set([...slowest.values(), ...fastest.values()]);
}

/** One operation, the slowest, of those that fall on one spot: a thousandth of the run, 3% of latency, all else equal. */
function mergeCoincident(operations: readonly Operation[], end: Nanos): Operation[] {
  const spots = new Map<string, Operation>();
  for (const operation of operations) {
    const startedAt = operation.intendedAt ?? operation.invokedAt;
    const micros = responseMicros(operation, end);
    const spot = [
      Math.floor((startedAt / end) * 1_000),
      Math.floor(Math.log(Math.max(1, micros)) / 0.03),
      operation.outcome.type,
      operation.call.f,
      operation.node ?? "",
    ].join(" ");
    const other = spots.get(spot);
    if (other === undefined || micros > responseMicros(other, end)) spots.set(spot, operation);
  }
  return [...spots.values()];
}
