import type { Call, Json, Outcome, Result } from "../core/op.ts";
import type { Reasoner } from "./linearizability/explain/reason.ts";

/** The result of `step` where the operation cannot happen in the state. */
export const illegal: unique symbol = Symbol("illegal");

/**
 * A sequential specification: what one operation after another may answer. A record of pure functions; states are
 * values that are never changed in place. Only `name`, `calls`, `init` and `step` are needed. The other members are
 * promises that make the search faster; leave one out if in doubt, since a broken promise makes verdicts wrong.
 */
export interface Model<S = unknown, C = Call, O = Result> {
  readonly name: string;
  /** The names of the operations that it knows: `step` is asked about no other. */
  readonly calls: readonly string[];
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
   * The parts of the state that the call looks at or changes, where there may be several; undefined: all of them.
   * Calls that share no part must not see one another's effects, in whatever order they happen.
   */
  keys?(call: C): readonly string[] | undefined;
  /** True where an operation with this call and outcome leaves every state that allows it as it is. */
  readOnly?(call: C, outcome: Outcome<O>): boolean;
  /** True where an operation is allowed in every state, and always leaves the same one: a plain write. */
  overwrites?(call: C, outcome: Outcome<O>): boolean;
  /** How a register's operation looks at the value and changes it: present where the state is one value and nothing else. */
  register?(call: C, outcome: Outcome<O>): RegisterAccess;
  /** What a queue's operation does: present where the state is an array, the head first, and nothing else. */
  queue?(call: C, outcome: Outcome<O>): QueueAccess;
  /**
   * What a set's operation does: present where the state is the array of the elements that are in, and nothing else;
   * undefined where its answer leaves open which of these it did.
   */
  set?(call: C, outcome: Outcome<O>): SetAccess | undefined;
  /** Two states that are equal have equal fingerprints and two that differ do not. Defaults to their JSON. */
  fingerprint?(state: S): string | number;
  /**
   * A fingerprint for judging operations with these calls and outcomes and no others. It may be equal for states that none
   * of them distinguishes: each is allowed in both or in neither, and leaves states with equal fingerprints.
   */
  fingerprintAmong?(
    operations: Iterable<{ readonly call: C; readonly outcome: Outcome<O> }>,
  ): Fingerprints<S>;
  /**
   * What an operation did, or tried to where its outcome is unknown, in the past tense and in a few words: `read 41 from k3`,
   * `was refused the lock`. Without who, where and when. Defaults to words that fit any operation.
   */
  describeCall?(call: C, outcome: Outcome<O>): string;
  /** The same as short as on a bar of a drawing, without the key: `w 41`. Defaults to the name, the argument, the answer. */
  labelCall?(call: C, outcome: Outcome<O>): string;
  /** A state in words, for explanations. Defaults to its JSON. */
  describeState?(state: S): string;
  /** Finds the reasons for a violation, the best first. Defaults to those of a register where the model is one. */
  readonly reasons?: readonly Reasoner[];
}

/** The part of a model that reports need: words for its operations. */
export type CallWords = Pick<Model, "describeCall" | "labelCall">;

/** What an operation does to a queue: puts `value` at its end, or takes the head, which is `value`; null: there is none. */
export interface QueueAccess {
  readonly kind: "enqueue" | "dequeue";
  readonly value: Json;
}

/**
 * What an operation does to a set: `add` puts `element` in; `remove` takes it out, having found it in where that is known;
 * `finds` saw whether it was in; `lists` saw that `elements` were in and no others. One that changes nothing and whose
 * answer is not known is never asked about.
 */
export type SetAccess =
  | { readonly kind: "add" | "remove"; readonly element: string }
  | { readonly kind: "finds"; readonly element: string; readonly isIn: boolean }
  | { readonly kind: "lists"; readonly elements: readonly string[] };

export interface Fingerprints<S> {
  of(state: S): string | number;
}

/**
 * What an operation does to a register: `read` saw `value`; `write` sets `value`; `cas` turned `from` into `to`;
 * `differs` saw that the value was not `value`; `replace` saw the same, and set `value`.
 */
export type RegisterAccess =
  | { readonly kind: "read" | "write" | "differs" | "replace"; readonly value: Json }
  | { readonly kind: "cas"; readonly from: Json; readonly to: Json };
