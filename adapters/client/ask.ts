/** Limits of a call, a deadline and a signal, shared by all calls of all clients. */
import type { Clock } from "../../core/clock.ts";
import { ClientError } from "../../core/errors.ts";
import { millis, type Nanos, nanos } from "../../core/time.ts";

export interface Ask {
  /** Milliseconds for the whole call; default: `timeoutMs` of the connection. */
  readonly timeoutMs?: number;
  /** Cancels the call: it rejects at once with `aborted`, definite if no request had left. */
  readonly signal?: AbortSignal;
}

/** An `Ask` on a clock, shared by all requests of one call. */
export interface Limits {
  /** Deadline on the clock. */
  readonly deadline: Nanos;
  readonly signal: AbortSignal | undefined;
}

export function limitsOf(
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
  ask: Ask = {},
): Limits {
  return { deadline: nanos(clock.now() + millis(ask.timeoutMs ?? timeoutMs)), signal: ask.signal };
}

/** Makes the error of a canceled call; `left`: whether its request had left by then. */
export const abortedError = (left: boolean): ClientError =>
  left
    ? new ClientError("aborted", "canceled before the answer came")
    : new ClientError("aborted", "canceled before the request left", { definite: true });

/** Throws a definite error if the call has already been canceled. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedError(false);
}

/** Calls `onAbort` when the signal fires. Returns a function that stops listening. */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  signal?.addEventListener("abort", listener, { once: true });
  return () => signal?.removeEventListener("abort", listener);
}

/**
 * Settles like `work`, or rejects if a limit is reached first: with `late()` at the deadline, with `aborted` when the signal
 * fires. For steps before a request leaves, so both are definite. Does not stop `work` itself.
 */
export function beforeSending<T>(
  clock: Clock,
  { deadline, signal }: Limits,
  work: Promise<T>,
  late: () => ClientError,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const done = () => {
      cancel();
      stopListening();
    };
    const fail = (reason: unknown) => {
      done();
      reject(reason);
    };
    const cancel = clock.after(nanos(deadline - clock.now()), () => fail(late()));
    const stopListening = onAbort(signal, () => fail(abortedError(false)));
    work.then((value) => {
      done();
      resolve(value);
    }, fail);
    if (signal?.aborted) fail(abortedError(false));
  });
}
