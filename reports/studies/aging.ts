/** How latency and the store change in the course of a run: the tenths of its load, and the last of them against the first. */
import { type Nanos, nanos } from "../../core/time.ts";
import { timed } from "../data/measure.ts";
import { figuresIn } from "../data/phases.ts";
import { enoughFor } from "../data/series.ts";
import { usageOf } from "../data/usage.ts";
import { isAskedFor } from "./names.ts";
import type { Studied } from "./study.ts";

/** A tenth of a load. Response time of `ok` operations that were meant to start in it, in microseconds; NaN of too few. */
export interface AgedTenth {
  /** Seconds since the load began. */
  readonly from: number;
  readonly to: number;
  readonly ok: number;
  /** Operations that failed or have no known outcome. */
  readonly notOk: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Bytes of all nodes at its end: data directories, memory. NaN if not known. */
  readonly store: number;
  readonly memory: number;
}

export interface Aging {
  readonly tenths: readonly AgedTenth[];
  /** Figures of the last tenth as multiples of those of the first. */
  readonly growth: Readonly<Record<"p50" | "p99" | "max" | "store" | "memory", number>>;
}

const parts = 10;

export function agingOf({ run, operations, usage, end }: Studied): Aging | undefined {
  if (!isAskedFor(run, "aging") || operations.length === 0) return undefined;
  const all = timed(operations, "response");
  // A load that ended early is divided as far as it went.
  const [meant, last] = [run.load.seconds * 1e9, (all.starts.at(-1) ?? 0) + 1];
  const length = last > meant * 0.95 ? meant : last;
  const { nodes } = usageOf(usage);
  const at = (i: number): Nanos => nanos(Math.round((i * length) / parts));
  const tenths = Array.from({ length: parts }, (_, i): AgedTenth => {
    const { ok, fail, info, p50, p99, max } = figuresIn(all, [{ from: at(i), to: at(i + 1) }], end);
    const second = at(i + 1) / 1e9;
    // Of the sample that came last until then; a node without one makes the sum unknown.
    const bytes = (of: "disk" | "memory") =>
      nodes.length === 0
        ? Number.NaN
        : nodes.reduce((sum, node) => {
            const sample = node.at.findLastIndex((time) => time <= second);
            return sum + (node[of][sample] ?? Number.NaN);
          }, 0);
    return {
      from: at(i) / 1e9,
      to: second,
      ok,
      notOk: fail + info,
      p50: ok < enoughFor.p50 ? Number.NaN : p50,
      p99: ok < enoughFor.p99 ? Number.NaN : p99,
      max,
      store: bytes("disk"),
      memory: bytes("memory"),
    };
  });
  const [first, final] = [tenths[0] as AgedTenth, tenths.at(-1) as AgedTenth];
  const ratio = (of: keyof Aging["growth"]) => final[of] / first[of];
  return {
    tenths,
    growth: {
      p50: ratio("p50"),
      p99: ratio("p99"),
      max: ratio("max"),
      store: ratio("store"),
      memory: ratio("memory"),
    },
  };
}
