import type { History } from "../../core/history.ts";
import type { NodeId, Operation } from "../../core/op.ts";
import type { Nanos } from "../../core/time.ts";
import type { Anomaly } from "../../core/verdict.ts";

/**
 * Judges what the nodes held of one kind of objects at rest; undefined where the run has no final phase. `bound`: how long
 * a node may take to catch up once everything is healed and a change is in place.
 */
export type JudgeAtRest = (history: History, bound: Nanos) => JudgedAtRest | undefined;

export interface JudgedAtRest {
  /** Every node that was ever asked anything. */
  readonly nodes: readonly NodeId[];
  /** What the objects are called: `key`, `set`. */
  readonly thing: string;
  readonly objects: number;
  /** Whether any node was asked for any object. */
  readonly isAsked: boolean;
  /** The last answers of all nodes. */
  readonly answers: readonly Operation[];
  readonly findings: readonly FoundAtRest[];
  /** What all nodes did where nothing was found: `returned the newest value of the one key`. */
  readonly agreed: string;
}

/** A node that does not hold the newest of an object, or of which that is not known. */
export interface FoundAtRest {
  readonly key: string;
  /** Which have to be asked again. */
  readonly nodes: readonly NodeId[];
  /** Whether it breaks what every read mode promises; otherwise it leaves open whether the nodes agree. */
  readonly isViolation: boolean;
  /** Whether every node lacks the same: that is one finding, not one for each. */
  readonly isEverywhere: boolean;
  anomaly(): Anomaly;
}
