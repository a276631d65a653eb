/** How long a call may take and who may call it off: the same for every call of every client. */
import type { Clock } from "../../core/clock.ts";
import { ClientError } from "../../core/errors.ts";
import { millis, type Nanos, nanos } from "../../core/time.ts";

export interface Ask {
  /** Milliseconds for the whole call. Absent: the connection's `timeoutMs`. */
  readonly timeoutMs?: number;
  /** Calls it off: the call rejects at once with `aborted`, definite where no request had left. */
  readonly signal?: AbortSignal;
}

/** An `Ask` on a clock. A call of several requests gives each of them the same limits. */
export interface Limits {
  /** A reading of the clock. */
  readonly deadline: Nanos;
  readonly signal: AbortSignal | undefined;
}

export function limitsOf(
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
  ask: Ask = {},
): Limits {
  return { deadline: nanos(clock.now() + millis(ask.timeoutMs ?? timeoutMs)), signal: ask.signal };
}

/** The error of a call that was called off; `left`: whether its request had left by then. */
export const abortedError = (left: boolean): ClientError =>
  left
    ? new ClientError("aborted", "called off before the answer came")
    : new ClientError("aborted", "called off before the request left", { definite: true });

/** Throws, definitely, where the call has been called off already. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedError(false);
}

/** Calls `onAbort` when the signal fires. Returns how to stop listening. */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  signal?.addEventListener("abort", listener, { once: true });
  return () => signal?.removeEventListener("abort", listener);
}

/**
 * Settles as `work` does, or rejects where a limit is reached first: with `late()` at the deadline, with `aborted` when
 * the signal fires. For what happens before a request leaves, so both are definite. `work` itself is not stopped.
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
