import type { Nanos } from "./time.ts";

/** Stops a timer that has not fired. Calling it twice, or after the timer fired, does nothing. */
export type Cancel = () => void;

/**
 * All the time there is. Code takes a Clock as an argument, so that the harness runs in real time and in virtual time
 * unchanged; only `core/real-clock.ts` touches the timers of the platform.
 */
export interface Clock {
  /** Monotonic nanoseconds since an origin of the clock's own. */
  now(): Nanos;
  /** Wall-clock time, for names of directories and stamps in reports, never for measuring. */
  date(): Date;
  /** Calls `callback` once, `delay` from now (at once, but never synchronously, where `delay` <= 0). */
  after(delay: Nanos, callback: () => void): Cancel;
}

/** Resolves `delay` from now; rejects with the signal's reason as soon as `signal` is aborted. */
export function sleep(clock: Clock, delay: Nanos, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.after(delay, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** Settles as `work` does, or rejects with `onTimeout()` when `limit` passes first. `work` itself is not stopped. */
export function withTimeout<T>(
  clock: Clock,
  limit: Nanos,
  work: Promise<T>,
  onTimeout: () => Error,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limit, () => reject(onTimeout()));
    work.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (reason) => {
        cancel();
        reject(reason);
      },
    );
  });
}
