/** Speed of the last few seconds of a load, for the live line. */
import { type Nanos, seconds, toSeconds } from "../../core/time.ts";
import { countsSince, type LatencyCounts, quantileOf } from "../record/running-latency.ts";

export interface Speed {
  /** Operations that succeeded, for each second. */
  readonly perSecond: number;
  /** Response times of these; undefined if there were none. */
  readonly p50: Nanos | undefined;
  readonly p99: Nanos | undefined;
}

interface Seen {
  readonly at: Nanos;
  readonly ok: number;
  readonly latency: LatencyCounts;
}

const span = seconds(5);

export class Recent {
  #seen: Seen[] = [];

  /** Notes how far the load has come, and returns its speed since about five seconds ago; undefined at first. */
  note(now: Seen): Speed | undefined {
    this.#seen = [...this.#seen.filter(({ at }) => at >= now.at - span), now];
    const [first] = this.#seen;
    if (first === undefined || first.at === now.at) return undefined;
    const latency = countsSince(now.latency, first.latency);
    return {
      perSecond: Math.max(0, now.ok - first.ok) / toSeconds((now.at - first.at) as Nanos),
      p50: quantileOf(latency, 0.5),
      p99: quantileOf(latency, 0.99),
    };
  }
}
