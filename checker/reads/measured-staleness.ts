import type { Verdict } from "../../core/verdict.ts";

/** How stale the reads of a run were, as measured by a checker. */
export interface MeasuredStaleness {
  readonly reads: number;
  readonly stale: number;
  /** The longest time since a value that was read had been overwritten, milliseconds; 0 if no read was stale. */
  readonly worstMs: number;
}

/** The names of the figures that say how stale reads were. */
export const stalenessFigures = {
  reads: "reads",
  stale: "stale reads",
  worstMs: "staleness ms worst",
} as const;

/** The measurement of a run; undefined where there is none, or where nothing was read. */
export function measuredStaleness(verdicts: readonly Verdict[]): MeasuredStaleness | undefined {
  const figures = verdicts.find(({ figures = {} }) => stalenessFigures.stale in figures)?.figures ?? {};
  const reads = figures[stalenessFigures.reads] ?? 0;
  if (reads === 0) return undefined;
  return {
    reads,
    stale: figures[stalenessFigures.stale] ?? 0,
    worstMs: figures[stalenessFigures.worstMs] ?? 0,
  };
}
