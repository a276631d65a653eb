/** A broken invariant: a bug of ours, never of a user or a system under test. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** Always on. Two conditions are two calls, so that the message says which one broke. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** The `default` of a switch over a closed union: the compiler proves that it is never reached. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${JSON.stringify(value)}`);
}
