/** Operations by the second: rates, and percentiles to 10%. */
import type { Outcome } from "../../../core/op.ts";
import { type Nanos, nanos, toSeconds } from "../../../core/time.ts";
import { enoughFor, type LatencySeries, type Series } from "../../../reports/data/series.ts";
import { quantileOf, RunningLatency, sumOfCounts } from "../../record/running-latency.ts";

type Type = Outcome["type"];

interface Second {
  readonly counts: Record<Type, number>;
  /** Response times of what succeeded. */
  readonly latency: RunningLatency;
  max: Nanos;
}

/** Figures of some seconds; microseconds, NaN where there are too few operations. */
interface Figures extends Readonly<Record<Type, number>> {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Steps are as long as it takes to have no more than this many. */
const mostSteps = 600;
const lengths = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600];

export class LiveSeries {
  readonly #seconds = new Map<number, Second>();

  add(at: Nanos, type: Type, took: Nanos): void {
    const index = Math.floor(toSeconds(at));
    const second = this.#seconds.get(index) ?? {
      counts: { ok: 0, fail: 0, info: 0 },
      latency: new RunningLatency(),
      max: nanos(0),
    };
    this.#seconds.set(index, second);
    second.counts[type]++;
    if (type !== "ok") return;
    second.latency.add(took);
    if (took > second.max) second.max = took;
  }

  /** Figures of whole seconds, the last one not included. */
  between(from: number, to: number): Figures {
    const found: Second[] = [];
    for (let i = from; i < to; i++) {
      const second = this.#seconds.get(i);
      if (second !== undefined) found.push(second);
    }
    const count = (type: Type) => found.reduce((sum, { counts }) => sum + counts[type], 0);
    const ok = count("ok");
    const latency = sumOfCounts(found.map((second) => second.latency.counts));
    const at = (share: number, enough: number) =>
      ok < enough ? Number.NaN : (quantileOf(latency, share) ?? Number.NaN) / 1e3;
    return {
      ok,
      fail: count("fail"),
      info: count("info"),
      p50: at(0.5, enoughFor.p50),
      p95: at(0.95, enoughFor.p95),
      p99: at(0.99, enoughFor.p99),
      max: ok === 0 ? Number.NaN : Math.max(...found.map(({ max }) => max)) / 1e3,
    };
  }

  /** Steps up to `now`; a step that has not ended is left out, because its rate would look like a fall. */
  series(now: Nanos): Series {
    const wanted = toSeconds(now) / mostSteps;
    const length = lengths.find((one) => one >= wanted) ?? Math.ceil(wanted / 3_600) * 3_600;
    const buckets = Math.max(1, Math.floor(toSeconds(now) / length));
    const steps = Array.from({ length: buckets }, (_, i) => this.between(i * length, (i + 1) * length));
    const rate = (type: Type) => Float32Array.from(steps, (figures) => figures[type] / length);
    return {
      bucketSeconds: length,
      buckets,
      response: {
        rates: { ok: rate("ok"), fail: rate("fail"), info: rate("info") },
        latency: [latencyOf(steps, length)],
      },
    };
  }
}

/** Without the steps in which nothing succeeded, so that an outage is a gap. */
function latencyOf(steps: readonly Figures[], length: number): LatencySeries {
  const known = steps.map((figures, i) => ({ figures, i })).filter(({ figures }) => figures.ok > 0);
  const column = (of: (figures: Figures) => number) => Float32Array.from(known, ({ figures }) => of(figures));
  return {
    f: "",
    from: Float32Array.from(known, ({ i }) => i * length),
    to: Float32Array.from(known, ({ i }) => (i + 1) * length),
    p50: column(({ p50 }) => p50),
    p95: column(({ p95 }) => p95),
    p99: column(({ p99 }) => p99),
    max: column(({ max }) => max),
  };
}
