import type { NodeId, Operation } from "./op.ts";
import type { Nanos } from "./time.ts";

/** `valid` < `unknown` < `invalid`: composing takes the worst. */
export type VerdictKind = "valid" | "unknown" | "invalid";

const badness: Record<VerdictKind, number> = { valid: 0, unknown: 1, invalid: 2 };

/** The worst of `kinds`; of none, `unknown`: what nobody judged is not valid. */
export function worst(kinds: readonly VerdictKind[]): VerdictKind {
  const first = kinds[0] ?? "unknown";
  return kinds.reduce((a, b) => (badness[b] > badness[a] ? b : a), first);
}

/** The `kind` of an anomaly that no legal order of the operations explains. */
export const violationKind = "linearizability";

/** One thing that is wrong, or that kept a checker from deciding, told so that a person understands it. */
export interface Anomaly {
  /** `linearizability`, `monotonic-reads`, `vacuous`, `fault-not-proven`, `time-limit`, … */
  readonly kind: string;
  /** One plain sentence that names processes, keys, values and times. */
  readonly summary: string;
  readonly key?: string;
  /** A minimal sub-history that shows it, bounded in size, in order of invocation. */
  readonly operations?: readonly Operation[];
  /** Position in `operations` of the operation that cannot be placed. */
  readonly culprit?: number;
  /** Of a stale read: from when on the value that it returned had surely been overwritten. */
  readonly since?: Nanos;
  /** The model's states that were possible just before the culprit, described, and how each was reached. */
  readonly states?: readonly ReachedState[];
  /** True where other states were possible, too. */
  readonly moreStates?: boolean;
  /** True where the read mode allows it: reported, not counted against the system. */
  readonly known?: boolean;
  /** The known limit of the read mode that the culprit meets; `known` is true then. */
  readonly limit?: MetLimit;
}

/** A stale read that met the condition of a known limit. */
export interface MetLimit {
  /** The limit's name: `deposed leader`. */
  readonly name: string;
  /** The node that was asked, and answered. */
  readonly node: NodeId;
  /** When it answered. */
  readonly at: Nanos;
  readonly boundMs: number;
  /** How node and time meet the condition, for people. */
  readonly sentence: string;
}

export interface ReachedState {
  /** The state in the model's own words: `41`, `{x: 1, y: 2}`. */
  readonly state: string;
  /** Positions in `Anomaly.operations`, in the order in which they were linearized to reach the state. */
  readonly order: readonly number[];
}

/** A maximal stretch of the run in which the reads of one node were stale. */
export interface StaleWindow {
  readonly node: NodeId;
  readonly from: Nanos;
  readonly to: Nanos;
  /** How many stale reads it answered in it. */
  readonly reads: number;
  /** The longest time for which a value that it answered had been overwritten, milliseconds. */
  readonly worstMs: number;
}

/** What one checker found. */
export interface Verdict {
  readonly checker: string;
  readonly kind: VerdictKind;
  /** Why, in one sentence. */
  readonly summary: string;
  readonly anomalies: readonly Anomaly[];
  /** Figures worth showing: `{ "stale reads": 12, "worst staleness ms": 1994.2 }`. */
  readonly figures?: Readonly<Record<string, number>>;
  readonly seconds?: number;
  /** Where a checker measured staleness: when and where reads were stale, in order of `from`. */
  readonly staleness?: readonly StaleWindow[];
}

/** Stale reads that met a known limit of the read mode. One that was only measured, under a mode that allows it, is none. */
export const knownLimits = (verdicts: readonly Verdict[]): Anomaly[] =>
  verdicts.flatMap(({ anomalies }) => anomalies).filter(({ limit }) => limit !== undefined);

/** How stale the reads of a run were, by the checker that measured it. */
export interface MeasuredStaleness {
  readonly reads: number;
  readonly stale: number;
  /** The longest time for which a value that was read had been overwritten, milliseconds. */
  readonly worstMs: number;
}

/** The names of the figures that say how stale reads were. */
export const stalenessFigures = {
  reads: "reads",
  stale: "stale reads",
  worstMs: "staleness ms worst",
} as const;

/** Undefined where nobody measured it, or where nothing was read. */
export function measuredStaleness(verdicts: readonly Verdict[]): MeasuredStaleness | undefined {
  const figures = verdicts.find(({ staleness }) => staleness !== undefined)?.figures ?? {};
  const reads = figures[stalenessFigures.reads] ?? 0;
  if (reads === 0) return undefined;
  return {
    reads,
    stale: figures[stalenessFigures.stale] ?? 0,
    worstMs: figures[stalenessFigures.worstMs] ?? 0,
  };
}
