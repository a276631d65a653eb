export type Invariant =
  | "election safety"
  | "leader append-only"
  | "log matching"
  | "leader completeness"
  | "state machine safety"
  | "linearizable reads"
  | "exactly once"
  | "monotonic commit"
  | "convergence"
  /** The code under test throws: an assertion of its own, say. */
  | "no crash";

/** An invariant broke: what the simulator looks for. */
export class Violation extends Error {
  override readonly name = "Violation";
  readonly invariant: Invariant;

  constructor(invariant: Invariant, message: string, cause?: unknown) {
    super(`${invariant}: ${message}`, { cause });
    this.invariant = invariant;
  }
}

export function require(condition: boolean, invariant: Invariant, message: () => string): asserts condition {
  if (!condition) throw new Violation(invariant, message());
}
