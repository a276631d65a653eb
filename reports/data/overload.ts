/** Whether a run's load was more than its cluster could take: then its latencies are those of a queue or of the lucky ones. */
import type { Run } from "../../core/run.ts";

/** Operations per second that were sent, if the run was overloaded. Older runs do not say; there less than 95% of the rate is. */
export function sentUnderOverload({ load, verdicts, overloaded }: Run): number | undefined {
  const sent = verdicts.find(({ checker }) => checker === "load")?.figures?.["operations per second"];
  if (load.kind !== "open" || sent === undefined) return undefined;
  return (overloaded ?? sent < 0.95 * load.rate) ? Math.round(sent) : undefined;
}
