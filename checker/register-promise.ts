import type { Consistency, KnownLimit } from "../core/consistency.ts";
import type { Json } from "../core/op.ts";
import type { Checker } from "./checker.ts";
import { register } from "./models/register.ts";
import { judgedUnder } from "./promises.ts";

export interface RegisterCheckersOptions {
  /** The value of a key that nobody wrote; null where absent. */
  readonly initial?: Json;
  /** The known limits of the read mode; absent: it has none. */
  readonly limits?: readonly KnownLimit[];
  /** Makes the checkers of reads under a mode with that promise: see `readCheckers`. */
  readonly reads?: (promises: Consistency) => readonly Checker[];
}

/** The checkers of registers under a read mode with this promise: those for any model, and the register's own. */
export function registerCheckers(promises: Consistency, options: RegisterCheckersOptions = {}): Checker[] {
  const { limits = [], reads } = options;
  return judgedUnder(promises, register(options), { limits, ...(reads && { reads: reads(promises) }) });
}
