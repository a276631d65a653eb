import type { Evidence } from "./evidence.ts";
import type { NodeId } from "./op.ts";
import type { Nanos } from "./time.ts";

/** `valid` < `unknown` < `invalid`: composing takes the worst. */
export type VerdictKind = "valid" | "unknown" | "invalid";

const badness: Record<VerdictKind, number> = { valid: 0, unknown: 1, invalid: 2 };

/** The worst of `kinds`; `unknown` for an empty list: what nobody judged is not valid. */
export function worst(kinds: readonly VerdictKind[]): VerdictKind {
  const first = kinds[0] ?? "unknown";
  return kinds.reduce((a, b) => (badness[b] > badness[a] ? b : a), first);
}

/** The `kind` of an anomaly that no legal order of the operations explains. */
export const violationKind = "linearizability";

/** One thing that is wrong, or that kept a checker from deciding, with an explanation for people. */
export interface Anomaly {
  /** `linearizability`, `monotonic-reads`, `too-few-operations`, `fault-without-effect`, `time-limit`, … */
  readonly kind: string;
  /** One plain sentence that names processes, keys, values and times. */
  readonly summary: string;
  readonly key?: string;
  /** The operations and times that show it, for a drawing. */
  readonly evidence?: Evidence;
  /** True if the read mode allows it: reported, not counted against the system. */
  readonly known?: boolean;
  /** The known limit of the read mode that the culprit meets; `known` is true then. */
  readonly limit?: MetLimit;
}

/** A stale read that met the condition of a known limit. */
export interface MetLimit {
  /** The limit's name: `deposed leader`. */
  readonly name: string;
  /** The node that answered. */
  readonly node: NodeId;
  /** When it answered. */
  readonly at: Nanos;
  readonly boundMs: number;
  /** How node and time meet the condition, in words. */
  readonly sentence: string;
}

/** Something with a place in time: a window of stale reads, a lock that is held, a watch that lags. */
export interface Lane {
  /** What it is: `stale reads`. Lanes of one checker with one label are drawn alike. */
  readonly label: string;
  /** The node concerned; absent if it is no node in particular, or all. */
  readonly node?: NodeId;
  readonly from: Nanos;
  readonly to: Nanos;
  /** A few words drawn next to it: `9 stale reads, up to 1.3 s`. */
  readonly text: string;
  /** A table column each. A name that ends in ` ms` is a duration in milliseconds, others are counts: `{ "out of date ms": 1288.3 }`. */
  readonly figures?: Readonly<Record<string, number>>;
  readonly colour: LaneColour;
}

/** `wrong`: a violation. `noticed`: worth a look, but not a violation by itself. `plain`: how things should be. */
export type LaneColour = "wrong" | "noticed" | "plain";

/** Part of what a checker looked at: one watcher, one lock. Parts of one checker have the same figures. */
export interface Part {
  readonly name: string;
  readonly node?: NodeId;
  /** A table column each, as for lanes. */
  readonly figures: Readonly<Record<string, number>>;
}

/** A measure over time, in steps of equal length: the lag of a node's watches. Those of one label are drawn on one scale. */
export interface Curve {
  /** What was measured: `watch lag`. */
  readonly label: string;
  /** The node concerned; absent if it is all. */
  readonly node?: NodeId;
  readonly step: Nanos;
  /** Steps with at least one measurement, in order of time. */
  readonly steps: readonly CurveStep[];
}

/** `at`: begin of the step. The lag of its measurements in milliseconds, which is negative if the event came first. */
export interface CurveStep {
  readonly at: Nanos;
  readonly count: number;
  readonly p50Ms: number;
  readonly worstMs: number;
}

/** The findings of one checker. */
export interface Verdict {
  readonly checker: string;
  readonly kind: VerdictKind;
  /** The reason, in one sentence. */
  readonly summary: string;
  readonly anomalies: readonly Anomaly[];
  /** Figures worth showing: `{ "stale reads": 12, "worst staleness ms": 1994.2 }`. */
  readonly figures?: Readonly<Record<string, number>>;
  readonly seconds?: number;
  /** The figures by who they are about, worst first; a bounded number of them. */
  readonly parts?: readonly Part[];
  /** Findings with a place in time, in order of `from`; empty if the checker looked for such things and found none. */
  readonly lanes?: readonly Lane[];
  /** What the checker measured over time. */
  readonly curves?: readonly Curve[];
}

/** Stale reads that met a known limit of the read mode. A stale read that was only measured, under a mode that allows it, is not one. */
export const knownLimits = (verdicts: readonly Verdict[]): Anomaly[] =>
  verdicts.flatMap(({ anomalies }) => anomalies).filter(({ limit }) => limit !== undefined);
