/**
 * A regression of known size: every request takes longer by a share of its own time. With it, bench/compare.ts measures which
 * differences a comparison finds. Answers are the same, only later.
 */
import { type Clock, sleep } from "../../../core/clock.ts";
import { millis, nanos, toMillis } from "../../../core/time.ts";
import type { Method } from "./methods.ts";

/**
 * Makes each method take `percent` longer. With 0, returns the methods as they are. `block` stops the thread for a number of
 * milliseconds, fractions included.
 */
export function slowDown(
  methods: readonly Method[],
  percent: number,
  clock: Clock,
  block: (ms: number) => void = blockThread,
): readonly Method[] {
  if (percent === 0) return methods;
  return methods.map((method) => ({
    ...method,
    call: async (request) => {
      const began = clock.now();
      try {
        return await method.call(request);
      } finally {
        const now = clock.now();
        await waitUntil(nanos(now + ((now - began) * percent) / 100), clock, block);
      }
    },
  }));
}

/** Timers are late by up to 1 ms, which may be all that there is to wait: the thread sleeps through the last part. */
async function waitUntil(time: number, clock: Clock, block: (ms: number) => void): Promise<void> {
  const whole = Math.floor(toMillis(nanos(time - clock.now()))) - 1;
  if (whole > 0) await sleep(clock, millis(whole));
  const rest = toMillis(nanos(time - clock.now()));
  if (rest > 0) block(rest);
}

const asleep = new Int32Array(new SharedArrayBuffer(4));
const blockThread = (ms: number): void => {
  Atomics.wait(asleep, 0, 0, ms);
};
