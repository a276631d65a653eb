/** A second round of runs: the same systems and workloads again, in an open loop at one rate for all, which the first round decides. */
import type { Digest } from "../../../reports/comparison/digest.ts";
import type { BenchOptions } from "../options/bench-options.ts";
import { openLoad } from "./open-load.ts";

export interface SecondRound {
  /** Share of the lowest rate that a system reached in the first round, 0 to 1. */
  readonly share: number;
  /** The rate, if the user gave one. */
  readonly rate?: string;
}

/** Two figures: a round rate is easier to give again. */
const figures = 2;

/**
 * The options of the second round for one workload; undefined if no run of it in the first round reached anything. Its rate is one
 * that every system bears: a share of the lowest that one reached.
 */
export function secondRound(
  { share, rate }: SecondRound,
  options: BenchOptions,
  reached: readonly Pick<Digest, "okPerSecond">[],
): BenchOptions | undefined {
  const { clients: _, ...open } = options;
  if (rate !== undefined) return connected({ ...open, rate });
  const lowest = Math.min(...reached.map(({ okPerSecond }) => okPerSecond).filter((ok) => ok > 0));
  if (!Number.isFinite(lowest)) return undefined;
  return connected({ ...open, rate: `${Math.max(1, Number((lowest * share).toPrecision(figures)))}` });
}

/** Names the number of clients, so that all connect before the load: at high rates, those that connect in it would slow it down. */
const connected = (options: BenchOptions): BenchOptions => ({
  ...options,
  processes: openLoad(options).processes,
});
