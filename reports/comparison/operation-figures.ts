/** Latency of each operation by its name, for comparisons of versions and for thresholds. */
import type { FaultWindow } from "../../core/fault.ts";
import type { Operation } from "../../core/op.ts";
import type { Nanos } from "../../core/time.ts";
import { firstFrom, type Measure, quantile, timed, tookMicros } from "../data/measure.ts";
import { periodsOf, spanOf } from "../data/phases.ts";

/** Share of the operations that are at most as slow. */
export const percentiles = { p50: 0.5, p90: 0.9, p99: 0.99, "p99.9": 0.999 } as const;
export type Percentile = keyof typeof percentiles;

/** `ok` operations that a percentile needs: one of fewer would be their maximum, or luck. */
export const enoughFor: Readonly<Record<Percentile, number>> = {
  p50: 20,
  p90: 50,
  p99: 100,
  "p99.9": 10_000,
};

/** `ok` operations of one name while no fault was active, nor just before. Microseconds; NaN if there are none. */
export interface OperationFigures extends Readonly<Record<Percentile, number>> {
  readonly ok: number;
}

export type FiguresByMeasure = Readonly<Record<Measure, OperationFigures>>;

/** Figures by the names of the operations, in the order of the names. */
export function operationFigures(
  operations: readonly Operation[],
  faults: readonly FaultWindow[],
  end: Nanos,
): Readonly<Record<string, FiguresByMeasure>> {
  const names = [...new Set(operations.map(({ call }) => call.f))].sort();
  return Object.fromEntries(
    names.map((name) => {
      const own = operations.filter(({ call }) => call.f === name);
      const by = (measure: Measure) => whileHealthy(own, measure, faults, end);
      return [name, { response: by("response"), service: by("service") }];
    }),
  );
}

function whileHealthy(
  operations: readonly Operation[],
  measure: Measure,
  faults: readonly FaultWindow[],
  end: Nanos,
): OperationFigures {
  const all = timed(operations, measure);
  const times = periodsOf(faults, spanOf(all)).healthy.flatMap(({ from, to }) =>
    all.operations
      .slice(firstFrom(all.starts, from), firstFrom(all.starts, to))
      .flatMap((operation) => (operation.outcome.type === "ok" ? [tookMicros(operation, measure, end)] : [])),
  );
  const sorted = Float64Array.from(times).sort();
  const at = (percentile: Percentile) => quantile(sorted, percentiles[percentile]);
  return { ok: sorted.length, p50: at("p50"), p90: at("p90"), p99: at("p99"), "p99.9": at("p99.9") };
}
