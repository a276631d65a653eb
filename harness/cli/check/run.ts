import { join } from "node:path";
import type { Adapter } from "../../../adapters/adapter.ts";
import { adapters } from "../../../adapters/registry.ts";
import { defaultConvergenceSeconds } from "../../../checker/convergence/convergence.ts";
import { enoughOperations } from "../../../checker/enough-operations.ts";
import { faultsTookEffect } from "../../../checker/faults-took-effect.ts";
import { UsageError } from "../../../core/errors.ts";
import { nodeId } from "../../../core/op.ts";
import type { Run } from "../../../core/run.ts";
import { workloads } from "../../../workloads/registry.ts";
import type { Workload, WorkloadRun } from "../../../workloads/workload.ts";
import { readRecorded } from "../../record/node-store.ts";
import { endedEarly, endedEarlyName } from "../../trial/judge.ts";
import { lookUp } from "../options/arguments.ts";
import type { Case, CheckOptions } from "./case.ts";
import { countsOf, setAside } from "./understood.ts";

/**
 * Reads a run directory. Everything that follows from its history is checked again, with the options and under the promise
 * of the run; what only the harness saw (did every nemesis strike, did every node return) stands as recorded.
 */
export async function readRunDirectory(
  dir: string,
  { memoryLimit, ...options }: Partial<CheckOptions> & Pick<CheckOptions, "memoryLimit">,
  known: Readonly<Record<string, Workload>> = workloads,
): Promise<Case> {
  refuseForeign(dir, options);
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
    known: run.verdicts.some(({ checker }) => checker === endedEarlyName)
      ? run.verdicts
      : [...endedEarly(run.ended), ...run.verdicts],
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

/** Rejects options that say how to read or judge a foreign history: a run says that itself. */
function refuseForeign(dir: string, options: Partial<CheckOptions>): void {
  const [given] = (["model", "format", "initial", "fail", "whole"] as const).filter(
    (name) => options[name] !== undefined && options[name] !== false,
  );
  if (given === undefined) return;
  throw new UsageError(
    `--${given} is for history files, but ${dir} is a run directory, which is judged by the checkers of its own workload: leave --${given} out, or check ${join(dir, "history.jsonl")}`,
  );
}

/** Options of the run's workload. Older runs did not record all of them; missing ones get their default. */
function workloadRunOf({ system, readMode, workloadRun, ...run }: Run): WorkloadRun {
  const { name, promises, limits = adapterOf(system.name)?.promises.reads[name]?.limits ?? [] } = readMode;
  // Unknown: assume the weakest guarantee, which proves less.
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
    watches: {},
    offers: [],
    ...workloadRun,
  };
}

/** Undefined for an unknown system. */
const adapterOf = (system: string): Adapter | undefined =>
  Object.values<Adapter>(adapters).find(({ name }) => name === system);
