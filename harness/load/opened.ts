/** How many clients of an open loop connect before it begins. */
import { highestRate } from "../../core/load/rate.ts";
import type { Load } from "../../core/run.ts";

/** Answers that take this long, in seconds, find a client that is connected. */
const slowAnswer = 0.05;

/**
 * At least `least`, and as many as are busy at the highest rate when answers take 50 ms. With fewer, a cluster that is slow in its first
 * moments makes more clients connect, which makes it slower still: the load would measure its own connections.
 */
export const openedBefore = (load: Load, least: number): number =>
  load.kind === "open" ? Math.max(least, Math.ceil(highestRate(load) * slowAnswer)) : least;
