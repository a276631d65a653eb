/** Figures of studies for tests. */
import type { SweepStep } from "../data/sweep.ts";
import type { Recovery } from "../studies/recovery.ts";

/** A rate that was borne. */
export const sweepStep = (rate: number, more: Partial<SweepStep> = {}): SweepStep => ({
  rate,
  okPerSecond: rate * 0.999,
  p50: 1500,
  p99: 4000,
  done: 1,
  errors: 0,
  isClientLimited: false,
  ...more,
});

/** A cluster at 90% of its knee that recovered by itself. */
export const recovered: Recovery = {
  fault: "pause leader n1",
  faultSeconds: 10,
  rate: 630,
  share: "90%",
  kneeRate: 700,
  retries: 3,
  healthyP99: 4_100,
  operationsPerRequest: 1.25,
  recovered: 4.2,
  watched: 29.6,
};
