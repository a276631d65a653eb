import type { Clock } from "./clock.ts";
import { type Nanos, nanos, toMillis } from "./time.ts";

/** The platform's own time: the one place that may read it. Its origin is the moment of its making. */
export function realClock(): Clock {
  const origin = performance.now();
  return {
    now: () => nanos(Math.round((performance.now() - origin) * 1e6)),
    date: () => new Date(),
    after(delay: Nanos, callback: () => void) {
      const timer = setTimeout(callback, Math.max(0, toMillis(delay)));
      return () => clearTimeout(timer);
    },
  };
}
