import type { Call, Outcome, Result } from "../core/op.ts";

/** What `step` returns where the operation cannot happen in the state. */
export const illegal: unique symbol = Symbol("illegal");

/**
 * A sequential specification: what one operation after another may answer. A record of pure functions; states are
 * values that are never changed in place.
 */
export interface Model<S = unknown, C = Call, O = Result> {
  readonly name: string;
  readonly init: S;
  /**
   * The state after `call`, or `illegal` where `outcome` cannot be that of `call` in `state`. An `info` outcome must be
   * accepted from any state: the operation has the effect that it would have had (a CAS whose comparison would fail: none).
   * The only `fail` that is ever asked about is `mismatch`.
   */
  step(state: S, call: C, outcome: Outcome<O>): S | typeof illegal;
  /**
   * The part of the state that the call is about; calls of different keys are checked apart (P-compositionality:
   * a history is linearizable exactly when its projection on every key is). Absent: the history is checked whole.
   */
  key?(call: C): string;
  /**
   * True where an operation with this call and outcome leaves every state that allows it as it is. A promise that makes
   * the search much faster; leave it out, or answer false, where in doubt.
   */
  readOnly?(call: C, outcome: Outcome<O>): boolean;
  /** Two states that are equal have equal fingerprints and two that differ do not. Defaults to their JSON. */
  fingerprint?(state: S): string | number;
  /** A state in words, for explanations. Defaults to its JSON. */
  describe?(state: S): string;
}
