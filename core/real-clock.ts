import type { Clock } from "./clock.ts";
import { type Nanos, nanos, toMillis } from "./time.ts";

/**
 * The platform's own time: the one place that may read it. Readings are those of the machine's monotonic clock, which all
 * its processes share (exact for 104 days since the machine's start).
 */
export function realClock(): Clock {
  return {
    now: () => nanos(Number(process.hrtime.bigint())),
    date: () => new Date(),
    after(delay: Nanos, callback: () => void) {
      const timer = setTimeout(callback, Math.max(0, toMillis(delay)));
      return () => clearTimeout(timer);
    },
  };
}
