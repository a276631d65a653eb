import { access } from "node:fs/promises";
import { join } from "node:path";
import type { Adapter } from "../../../adapters/adapter.ts";
import { adapters } from "../../../adapters/registry.ts";
import { defaultConvergenceSeconds } from "../../../checker/convergence/convergence.ts";
import { enoughOperations } from "../../../checker/enough-operations.ts";
import { faultsTookEffect } from "../../../checker/faults-took-effect.ts";
import { UsageError } from "../../../core/errors.ts";
import { nodeId } from "../../../core/op.ts";
import type { Run } from "../../../core/run.ts";
import type { Verdict } from "../../../core/verdict.ts";
import { workloads } from "../../../workloads/registry.ts";
import type { Workload, WorkloadRun } from "../../../workloads/workload.ts";
import { readRecorded } from "../../record/node-store.ts";
import { lookUp } from "../arguments.ts";
import type { Case, CheckOptions } from "./case.ts";
import { countsOf, setAside } from "./understood.ts";

/**
 * A run directory. What follows from its history is judged again, with the options and under the promise that the run
 * had; what else the harness saw (whether every nemesis struck, every node came back) stands as the run has it.
 */
export async function readRunDirectory(
  dir: string,
  { memoryLimit }: Pick<CheckOptions, "memoryLimit">,
  known: Readonly<Record<string, Workload>> = workloads,
): Promise<Case> {
  const file = join(dir, "history.jsonl");
  if (!(await exists(join(dir, "run.json"))) && (await exists(file))) {
    throw new UsageError(
      `${dir} holds no run.json: the run was killed before its end. What it recorded is judged by: assay check ${file}`,
    );
  }
  const { run, history, truncated } = await readRecorded(dir, memoryLimit * 2 ** 20);
  const workload = lookUp(known, run.workload, "workload");
  const checkers = [
    ...workload.checkers(workloadRunOf(run)),
    enoughOperations({ needs: workload.needs }),
    faultsTookEffect(),
  ];
  const { name: readMode, promises } = run.readMode;
  return {
    file: dir,
    history,
    truncated,
    checkers,
    words: workload.words ?? {},
    promises,
    known: [...ended(run), ...run.verdicts],
    run,
    understood: {
      format: "run",
      workload: run.workload,
      readMode,
      ...countsOf(history),
      notes: setAside(history),
    },
  };
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** What the run's workload was given. Older runs did not keep all of it: what they lack is as it is by default. */
function workloadRunOf({ system, readMode, workloadRun, ...run }: Run): WorkloadRun {
  const { name, promises, limits = adapterOf(system.name)?.promises.reads[name]?.limits ?? [] } = readMode;
  // Where nothing says, the least is assumed: it proves less.
  const revisions = run.revisions ?? adapterOf(system.name)?.revisions ?? "key";
  return {
    readMode: name,
    promises,
    limits,
    revisions,
    nodes: run.nodes.map(({ id }) => nodeId(id)),
    keyPrefix: "",
    options: {},
    convergenceSeconds: defaultConvergenceSeconds,
    ...workloadRun,
  };
}

/** Undefined of a system that is not known here. */
const adapterOf = (system: string): Adapter | undefined =>
  Object.values<Adapter>(adapters).find(({ name }) => name === system);

/** A run that ended early did not do all that it was to do: nothing that it shows makes it valid. */
function ended({ ended }: Run): Verdict[] {
  if (ended === undefined) return [];
  const summary = `the run ended early: ${ended}`;
  return [{ checker: "run", kind: "unknown", summary, anomalies: [{ kind: "ended-early", summary }] }];
}
