import type { Delivery, Subscription } from "../client/watch.ts";

/** Reads a watch to its end, or for as long as the test lasts. */
export function collect(watch: Subscription): {
  readonly deliveries: Delivery[];
  readonly isOver: () => boolean;
} {
  const deliveries: Delivery[] = [];
  let isOver = false;
  const read = async () => {
    for (let next = await watch.next(); next !== undefined; next = await watch.next()) deliveries.push(next);
    isOver = true;
  };
  void read();
  return { deliveries, isOver: () => isOver };
}
