import type { Revision } from "../../core/op.ts";
import type { Delivery, Subscription } from "../client/watch.ts";

/** Everything that a watch receives, as it comes. */
export interface Collected {
  /** All but progress notifications, which systems also send unasked. */
  readonly deliveries: Delivery[];
  readonly progress: Revision[];
  readonly isOver: () => boolean;
}

/** Reads a watch to its end, or for as long as the test lasts. */
export function collect(watch: Subscription): Collected {
  const deliveries: Delivery[] = [];
  const progress: Revision[] = [];
  let isOver = false;
  const read = async () => {
    for (let next = await watch.next(); next !== undefined; next = await watch.next()) {
      const [first] = next;
      if (first?.f === "progress") progress.push(first.revision ?? 0);
      else deliveries.push(next);
    }
    isOver = true;
  };
  void read();
  return { deliveries, progress, isOver: () => isOver };
}
