import { faultsProven, vacuity } from "../../checker/vacuity.ts";
import type { Run } from "../../core/run.ts";
import type { Verdict } from "../../core/verdict.ts";
import { workloads } from "../../workloads/registry.ts";
import { readRun } from "../node-store.ts";
import { lookUp } from "./arguments.ts";
import type { Case } from "./check.ts";

/**
 * A run directory. What follows from its history is judged anew, under the promise of the run's read mode; what the
 * harness saw beside it (whether every nemesis struck, every node came back) stands as the run has it.
 */
export async function readRunDirectory(dir: string): Promise<Case> {
  const { run, history } = await readRun(dir);
  const workload = lookUp(workloads, run.workload, "workload");
  const { name: readMode, promises } = run.readMode;
  const checkers = [
    ...workload.checkers({ readMode, promises, keyPrefix: "", options: {} }),
    vacuity({ needs: workload.needs }),
    faultsProven(),
  ];
  return { file: dir, history, checkers, promises, known: [...ended(run), ...run.verdicts] };
}

/** A run that ended early did not do all that it was to do: nothing that it shows makes it valid. */
function ended({ ended }: Run): Verdict[] {
  if (ended === undefined) return [];
  const summary = `the run ended early: ${ended}`;
  return [{ checker: "run", kind: "unknown", summary, anomalies: [{ kind: "ended-early", summary }] }];
}
