/** Response times so far, as counts in buckets that are 10% wide: small enough to be sent a few times a second. */
import { type Nanos, nanos } from "../../core/time.ts";

const growth = Math.log(1.1);
const shortestNanos = 1000;
/** The last bucket begins above an hour. */
const buckets = 240;

/** How many operations took how long: the count of each bucket, shortest first. */
export type LatencyCounts = readonly number[];

export class RunningLatency {
  readonly #counts: number[] = new Array<number>(buckets).fill(0);

  add(time: Nanos): void {
    const bucket = Math.floor(Math.log(Math.max(time, shortestNanos) / shortestNanos) / growth);
    const at = Math.min(bucket, buckets - 1);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  get counts(): LatencyCounts {
    return [...this.#counts];
  }
}

/** Counts of several sources together. */
export const sumOfCounts = (all: readonly LatencyCounts[]): LatencyCounts =>
  Array.from({ length: buckets }, (_, i) => all.reduce((sum, counts) => sum + (counts[i] ?? 0), 0));

/** The part of `counts` that came after `before`. A source that was replaced since then counts from zero again. */
export const countsSince = (counts: LatencyCounts, before: LatencyCounts): LatencyCounts =>
  counts.map((count, i) => Math.max(0, count - (before[i] ?? 0)));

/** The time that a share (0 to 1) of the operations did not exceed, to 10%; undefined of none. */
export function quantileOf(counts: LatencyCounts, share: number): Nanos | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let left = Math.max(1, Math.ceil(total * share));
  const bucket = counts.findIndex((count) => {
    left -= count;
    return left <= 0;
  });
  return nanos(Math.round(shortestNanos * Math.exp(growth * (bucket + 0.5))));
}
