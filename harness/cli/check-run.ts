import { access } from "node:fs/promises";
import { join } from "node:path";
import { faultsProven, vacuity } from "../../checker/vacuity.ts";
import { UsageError } from "../../core/errors.ts";
import type { Run } from "../../core/run.ts";
import type { Verdict } from "../../core/verdict.ts";
import { workloads } from "../../workloads/registry.ts";
import { readRecorded } from "../record/node-store.ts";
import { lookUp } from "./arguments.ts";
import type { Case, CheckOptions } from "./check-case.ts";
import { countsOf } from "./understood.ts";

/**
 * A run directory. What follows from its history is judged anew, under the promise of the run's read mode; what the
 * harness saw beside it (whether every nemesis struck, every node came back) stands as the run has it.
 */
export async function readRunDirectory(
  dir: string,
  { memoryLimit }: Pick<CheckOptions, "memoryLimit">,
): Promise<Case> {
  const file = join(dir, "history.jsonl");
  if (!(await exists(join(dir, "run.json"))) && (await exists(file))) {
    throw new UsageError(
      `${dir} holds no run.json: the run was killed before its end. What it recorded is judged by: assay check ${file}`,
    );
  }
  const { run, history, truncated } = await readRecorded(dir, memoryLimit * 2 ** 20);
  const workload = lookUp(workloads, run.workload, "workload");
  const { name: readMode, promises } = run.readMode;
  const checkers = [
    ...workload.checkers({ readMode, promises, keyPrefix: "", options: {} }),
    vacuity({ needs: workload.needs }),
    faultsProven(),
  ];
  return {
    file: dir,
    history,
    truncated,
    checkers,
    promises,
    known: [...ended(run), ...run.verdicts],
    run,
    understood: { format: "run", workload: run.workload, readMode, ...countsOf(history), notes: [] },
  };
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** A run that ended early did not do all that it was to do: nothing that it shows makes it valid. */
function ended({ ended }: Run): Verdict[] {
  if (ended === undefined) return [];
  const summary = `the run ended early: ${ended}`;
  return [{ checker: "run", kind: "unknown", summary, anomalies: [{ kind: "ended-early", summary }] }];
}
