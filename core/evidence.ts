/**
 * What shows an anomaly, by kind. Checkers give it, `reports/evidence` has one drawing function for each kind, and the
 * rest of the project passes it on unseen.
 */
import type { Operation } from "./op.ts";
import type { Nanos } from "./time.ts";

export type Evidence = OrderEvidence | StaleEvidence;

interface Operations {
  /** A minimal sub-history that shows it, bounded in size, in order of invocation. */
  readonly operations: readonly Operation[];
}

/** Operations that no legal order, or no order that a session may see, holds together. */
export interface OrderEvidence extends Operations {
  readonly kind: "order";
  /** Position in `operations` of the operation that cannot be placed; absent if it may be any of several. */
  readonly culprit?: number;
  /** The model's states that were possible just before the culprit, described, and how each was reached. */
  readonly states?: readonly ReachedState[];
  /** True where other states were possible, too. */
  readonly moreStates?: boolean;
}

export interface ReachedState {
  /** The state in the model's own words: `41`, `{x: 1, y: 2}`. */
  readonly state: string;
  /** Positions in `operations`, in the order in which they were linearized to reach the state. */
  readonly order: readonly number[];
}

/** A read that returned a value which had been overwritten before it began. */
export interface StaleEvidence extends Operations {
  readonly kind: "stale";
  /** Position in `operations` of the read. */
  readonly culprit: number;
  /** Since when the value had surely been overwritten. */
  readonly since: Nanos;
}
