import type { Operation } from "../../core/op.ts";
import type { Nanos } from "../../core/time.ts";

/**
 * Operations under way on average from `from` to `to`, out of their response times, errors included. By Little's law a
 * closed load of N clients has N of them; fewer means that clients spent time which no operation accounts for.
 */
export function meanConcurrency(operations: readonly Operation[], from: Nanos, to: Nanos): number {
  let busy = 0;
  for (const { invokedAt, completedAt } of operations) {
    busy += Math.max(0, Math.min(completedAt, to) - Math.max(invokedAt, from));
  }
  return busy / (to - from);
}
