/**
 * When a load is too much: the one rule for the knee that a trial looks for and for the curve of a sweep. The knee is the highest rate
 * that is borne, with all below it.
 */

export interface Knee {
  /** Operations per second. */
  readonly rate: number;
  /** Whether the load generator did not keep up at the lowest rate that was not borne: the cluster may bear more. */
  readonly isClientLimited: boolean;
}

/** What was done with a rate. */
export interface AtRate {
  /** Share of the requested operations that was sent and answered, 0 to 1. A failure that is an answer (`isAnswer`) counts. */
  readonly done: number;
  /** Share of the operations that came to an end which failed, or whose outcome nobody knows, 0 to 1; without answers. */
  readonly errors: number;
  /** 99th percentile of the response time of what succeeded, in any unit; NaN if nothing did. */
  readonly p99: number;
}

export type Beyond = "not done" | "errors" | "slow";

/** Least of `done`, limit of `errors`, and the greatest multiple of the p99 at low load. */
export const kneeRule = { done: 0.99, errors: 0.001, slowdown: 5 } as const;

/**
 * What the p99 at other rates is held against: the median of those at the lowest third of the rates, which ascend. At a single low rate
 * few operations decide about its p99, and so about the knee.
 */
export function lowLoadP99(p99s: readonly number[]): number {
  const low = p99s
    .slice(0, Math.max(1, Math.floor(p99s.length / 3)))
    .filter((p99) => !Number.isNaN(p99))
    .sort((a, b) => a - b);
  return low[(low.length - 1) >> 1] ?? Number.NaN;
}

/** Why a rate is beyond the knee; undefined if it is borne. `lowP99`: that at low load. */
export function whyBeyond({ done, errors, p99 }: AtRate, lowP99: number): Beyond | undefined {
  if (errors >= kneeRule.errors) return "errors";
  if (done < kneeRule.done) return "not done";
  // Not a number: nothing succeeded.
  return p99 <= lowP99 * kneeRule.slowdown ? undefined : "slow";
}
