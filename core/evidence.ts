/**
 * What shows an anomaly, by kind. Checkers give it, `reports/evidence` has one drawing function for each kind, and the
 * rest of the project passes it on unseen.
 */
import type { Json, NodeId, Operation, Revision } from "./op.ts";
import type { Nanos } from "./time.ts";

export type Evidence = OrderEvidence | StaleEvidence | DeliveriesEvidence;

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

/**
 * What one watch received, next to what truly changed; both bounded in size, around what is wrong. Its operations made
 * these changes, as far as is known.
 */
export interface DeliveriesEvidence extends Operations {
  readonly kind: "deliveries";
  /** Position in `operations` of the one whose change is missing, or was reported wrongly. */
  readonly culprit?: number;
  readonly watch: EvidentWatch;
  /** Changes of what the watch follows, in their true order. */
  readonly changes: readonly EvidentChange[];
  /** What the watch received, in that order. */
  readonly received: readonly EvidentNotice[];
}

export interface EvidentWatch {
  /** `w3`: the third watch of the history. */
  readonly name: string;
  readonly process: number;
  readonly node?: NodeId;
  /** What it follows: `k7`, or `k*` for a prefix. */
  readonly follows: string;
  /** The first revision that was requested. */
  readonly from?: Revision;
  readonly openedAt: Nanos;
}

export interface EvidentChange {
  readonly f: "create" | "put" | "delete";
  readonly key: string;
  readonly value?: Json;
  readonly revision?: Revision;
  /** When it was acknowledged, or first seen. */
  readonly at: Nanos;
  /** True for a change that the watch lacks. */
  readonly isMissed?: boolean;
}

export interface EvidentNotice {
  readonly f: string;
  readonly key?: string;
  readonly value?: Json;
  readonly previous?: Json;
  readonly revision?: Revision;
  readonly at: Nanos;
  /** True if the next one arrived in the same delivery. */
  readonly more?: boolean;
  readonly isWrong?: boolean;
}
