import type { WatchPromise } from "../../core/watch.ts";
import type { WorkloadRun } from "../workload.ts";

/** The kind of watch that says most: every event where there is such a kind, else the newest states. */
export function fullestWatch(
  watches: WorkloadRun["watches"],
): readonly [name: string, promise: WatchPromise] | undefined {
  const kinds = Object.entries(watches);
  const first = (contract: WatchPromise["contract"]) =>
    kinds.find(([, promise]) => promise.contract === contract);
  return first("every-event") ?? first("latest-state") ?? first("one-shot");
}
