import type { MemoryBug } from "../../adapters/memory/bugs.ts";
import { isClientEvent } from "../../core/history.ts";
import { TestTrial } from "../../harness/testing/trial.ts";
import type { Workload } from "../workload.ts";

interface Options {
  readonly bugs?: readonly MemoryBug[];
  readonly nemeses?: readonly string[];
  readonly seconds: number;
  readonly workloadOptions: Readonly<Record<string, number>>;
}

/** A short trial of the in-memory system with a workload of sessions that last a second. */
export const sessionTrial = (
  workload: Workload,
  { bugs = [], nemeses = [], seconds, workloadOptions }: Options,
) =>
  new TestTrial({
    spec: {
      load: { kind: "open", rate: 60, processes: 12, seconds },
      workloadOptions: { "ttl-ms": 1000, ...workloadOptions },
    },
    memory: { bugs },
    nemeses,
    deps: { workload },
  });

/** The first 300 operations that the clients of a trial ask for: their names and keys. */
export async function callsOf(trial: TestTrial) {
  await trial.run();
  return trial.events
    .filter((event) => isClientEvent(event) && event.type === "invoke")
    .slice(0, 300)
    .map(({ f, ...event }) => [f, "key" in event && event.key]);
}
