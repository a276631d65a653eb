/** Latency and rates by phase: while the cluster was healthy, during faults, and just after them. */
import { recoveryTime } from "../../core/fault.ts";
import type { Operation } from "../../core/op.ts";
import type { Nanos } from "../../core/time.ts";
import { firstFrom, quantile, type Timed, tookMicros } from "./measure.ts";

export const phases = ["healthy", "fault", "recovery"] as const;
/** `fault`: while a fault lasted. `recovery`: `recoveryTime` after it. `healthy`: all other time of the load. */
export type FaultPhase = (typeof phases)[number];

export interface Period {
  readonly from: Nanos;
  readonly to: Nanos;
}

/** Operations that started in a period, and their latency. */
export interface PeriodFigures {
  /** Length of the period. */
  readonly seconds: number;
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  /** NaN if the period has no length. */
  readonly okPerSecond: number;
  /** Microseconds, `ok` operations only; NaN if there are none. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Figures of the operations that started at any of `periods`, which do not overlap. */
export function figuresIn(
  { operations, starts, measure }: Timed,
  periods: readonly Period[],
  end: Nanos,
): PeriodFigures {
  const counts = { ok: 0, fail: 0, info: 0 };
  const times: number[] = [];
  for (const { from, to } of periods) {
    const last = firstFrom(starts, to);
    for (let i = firstFrom(starts, from); i < last; i++) {
      const operation = operations[i] as Operation;
      counts[operation.outcome.type]++;
      if (operation.outcome.type === "ok") times.push(tookMicros(operation, measure, end));
    }
  }
  const sorted = new Float64Array(times).sort();
  const lasting = lengthOf(periods);
  return {
    seconds: lasting,
    ...counts,
    okPerSecond: lasting > 0 ? counts.ok / lasting : Number.NaN,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    max: sorted.at(-1) ?? Number.NaN,
  };
}

const lengthOf = (periods: readonly Period[]): number =>
  periods.reduce((sum, { from, to }) => sum + (to - from) / 1e9, 0);

/** Splits the time of the load, `within`, by faults. */
export function periodsOf(faults: readonly Period[], load: Period): Record<FaultPhase, readonly Period[]> {
  const struck = clipped(merged(faults), load);
  const settled = clipped(
    merged(faults.map(({ from, to }) => ({ from, to: (to + recoveryTime) as Nanos }))),
    load,
  );
  return { fault: struck, recovery: minus(settled, struck), healthy: minus([load], settled) };
}

/** From the first start of an operation to the last. */
export function spanOf({ starts }: Timed): Period {
  const [from, to] = [starts[0] ?? 0, starts.at(-1) ?? 0];
  return { from: from as Nanos, to: (to + 1) as Nanos };
}

/** Periods that neither touch nor overlap, in order. */
function merged(periods: readonly Period[]): Period[] {
  const apart: Period[] = [];
  for (const { from, to } of periods.toSorted((a, b) => a.from - b.from)) {
    const last = apart.at(-1);
    if (last === undefined || last.to < from) apart.push({ from, to });
    else if (to > last.to) apart[apart.length - 1] = { from: last.from, to };
  }
  return apart;
}

const clipped = (periods: readonly Period[], { from, to }: Period): Period[] =>
  periods.flatMap((period) => {
    const inside = { from: Math.max(from, period.from) as Nanos, to: Math.min(to, period.to) as Nanos };
    return inside.to > inside.from ? [inside] : [];
  });

/** What of `periods` is in none of `others`; both in order, and each without overlaps. */
function minus(periods: readonly Period[], others: readonly Period[]): Period[] {
  const rest: Period[] = [];
  let next = 0;
  for (const { from, to } of periods) {
    let begin = from;
    while (next > 0 && (others[next - 1] as Period).to > from) next--;
    for (; next < others.length; next++) {
      const other = others[next] as Period;
      if (other.from >= to) break;
      if (other.from > begin) rest.push({ from: begin, to: other.from });
      if (other.to > begin) begin = other.to;
    }
    if (begin < to) rest.push({ from: begin, to });
  }
  return rest;
}
