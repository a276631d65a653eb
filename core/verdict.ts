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
  /** True where the system documents this as a limit of the read mode: reported, not counted against it. */
  readonly known?: boolean;
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

/**
 * The violation that the system documents as a limit of the read mode, where one was found. A stale read that was
 * measured, under a read mode that allows it, is none.
 */
export const knownLimit = (verdicts: readonly Verdict[]): Anomaly | undefined =>
  verdicts
    .flatMap(({ anomalies }) => anomalies)
    .find(({ kind, known }) => kind === "linearizability" && known === true);
