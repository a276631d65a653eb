/**
 * When operations of an open load are due: a pure function of the load, the share and the seed. A worker that takes over
 * goes through the same times, and leaves out those that have passed.
 */

import { secondsUntil } from "../../core/load/rate.ts";
import type { Random } from "../../core/random.ts";
import type { OpenLoad } from "../../core/run.ts";
import { type Nanos, nanos, seconds } from "../../core/time.ts";
import type { Share } from "../../workloads/workload.ts";

/** Gives one due time after the other, from the begin of the load, without end. */
export type Arrivals = () => Nanos;

/**
 * Constant arrivals follow the rate exactly: operation k is due when the rate has requested k, and belongs to share k modulo
 * the shares. Poisson arrivals of a share have exponential gaps, which the rate stretches; those of all shares together are
 * Poisson arrivals at the rate of the whole. `random`: the whole run's; the share's stream is the same in every generation.
 */
export function arrivalsOf(load: OpenLoad, { index, of }: Share, random: Random): Arrivals {
  const requested = load.arrivals === "poisson" ? exponentialSums(of, random, index) : everyNth(index, of);
  const dueAt = secondsUntil(load);
  return () => nanos(Math.round(seconds(dueAt(requested()))));
}

function everyNth(index: number, of: number): () => number {
  let next = index - of;
  return () => {
    next += of;
    return next;
  };
}

/** Sums of exponential numbers with the mean `of`. */
function exponentialSums(of: number, random: Random, index: number): () => number {
  const own = random.fork(`arrivals-${index}-of-${of}`);
  let sum = 0;
  return () => {
    // 1 - x is never 0.
    sum -= of * Math.log(1 - own.float());
    return sum;
  };
}
