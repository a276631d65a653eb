/** Shape of what `compare --json` prints: docs/compare.schema.json. */
import { speedCaveat } from "../../../reports/data/speed.ts";
import type { Interval } from "../../../reports/statistics/bootstrap.ts";
import type { Repeated } from "../../../reports/statistics/repeated.ts";
import { orderWarning } from "../../../reports/versus/order.ts";
import { powerSentence } from "../../../reports/versus/power.ts";
import { type Cell, type Judged, summaryOf } from "../../../reports/versus/versus.ts";

export interface CompareResult {
  readonly comparisons: readonly ComparedWorkload[];
  /** The page, if one was asked for. */
  readonly page?: string;
}

interface ComparedWorkload {
  readonly workload: string;
  readonly summary: string;
  /** What makes the comparison doubtful, with the way out. */
  readonly warnings: readonly string[];
  /** Which slowdowns these runs would have shown; null if nothing was compared. */
  readonly power: string | null;
  readonly a: SideResult;
  readonly b: SideResult;
  /** Conditions that differ; `forbids`: topics that are not compared for that. */
  readonly differing: readonly {
    readonly condition: string;
    readonly a: string;
    readonly b: string;
    readonly forbids: readonly string[];
  }[];
  readonly figures: readonly FigureResult[];
}

interface SideResult {
  readonly system: string;
  readonly version: string;
  readonly readMode: string;
  readonly verdict: string;
  readonly runs: readonly { readonly id: string; readonly seed: number; readonly limited: string | null }[];
}

interface FigureResult {
  readonly figure: string;
  readonly topic: string;
  readonly unit: string;
  /** `faster`, `slower`, `shorter`, `longer`, `lower`, `higher`: B against A. */
  readonly outcome: string;
  /** Whether there were enough runs for the test; null if not compared. */
  readonly firm: boolean | null;
  /** Mann–Whitney, adjusted for all figures; null if not compared. */
  readonly p: number | null;
  /** B as a multiple of A; null if not compared. */
  readonly ratio: IntervalResult | null;
  /** Least change for the worse, as a ratio, that 4 of 5 such comparisons would find; null if none, or if there are too few runs to. */
  readonly leastFound: number | null;
  readonly a: FigureOfSide;
  readonly b: FigureOfSide;
  readonly why?: string;
}

/** `kind`: what `low` and `high` are the ends of: the 95% interval, or, of few runs, their range. Null: not finite. */
type IntervalResult = Pick<Interval, "kind" | "value"> & {
  readonly low: number | null;
  readonly high: number | null;
};

interface FigureOfSide {
  /** Null if a run does not know it. */
  readonly median: IntervalResult | null;
  /** In the order of the side's runs; null where it is not known. */
  readonly values: readonly (number | null)[];
  /** Places of the outliers among the values. */
  readonly outliers: readonly number[];
  /** Distance that halves of these runs have by chance, 0.04 for 4%; null with few runs. */
  readonly noise: number | null;
}

export const compareResult = (judged: readonly Judged[], page?: string): CompareResult => ({
  comparisons: judged.map((one) => ({
    workload: one.workload,
    summary: summaryOf(one),
    warnings: [orderWarning(one)].filter((warning) => warning !== undefined),
    power: powerSentence(one) ?? null,
    a: sideResult(one.a),
    b: sideResult(one.b),
    differing: one.differing,
    figures: one.cells.map(figureResult),
  })),
  ...(page !== undefined && { page }),
});

function sideResult({ runs, readMode, verdict }: Judged["a"]): SideResult {
  const system = runs[0]?.run.system;
  return {
    system: system?.name ?? "",
    version: system?.version ?? "",
    readMode,
    verdict,
    runs: runs.map(({ run }) => ({ id: run.id, seed: run.seed, limited: speedCaveat(run)?.kind ?? null })),
  };
}

const figureResult = ({ quantity, a, b, ratio, difference, word, why, leastFound }: Cell): FigureResult => ({
  figure: quantity.name,
  topic: quantity.topic,
  unit: quantity.unit,
  outcome: word,
  firm: difference?.isFirm ?? null,
  p: difference?.p ?? null,
  ratio: intervalResult(ratio),
  leastFound: leastFound === undefined || leastFound === 0 ? null : finite(leastFound),
  a: figureOf(a),
  b: figureOf(b),
  ...(why !== undefined && { why }),
});

const figureOf = ({ median, values, outliers, noise }: Repeated): FigureOfSide => ({
  median: intervalResult(median),
  values: values.map(finite),
  outliers,
  noise: noise ?? null,
});

const intervalResult = (interval: Interval | undefined): IntervalResult | null =>
  interval === undefined ? null : { ...interval, low: finite(interval.low), high: finite(interval.high) };

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
