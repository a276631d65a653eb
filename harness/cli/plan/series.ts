/** What the runs of one command that differ only in their load have in common, and what tells them apart. */
import { count } from "../../../core/wording.ts";
import type { BenchOptions } from "../options/bench-options.ts";
import type { Finished } from "../results/json-result.ts";
import type { PlannedRun } from "./plan.ts";

/** The plan with the knee that an earlier run of the command measured for the same system and workload, if there is one: all are loaded by one measure. */
export function withSharedKnee(
  plan: PlannedRun,
  options: BenchOptions,
  finished: readonly Pick<Finished, "run">[],
): PlannedRun {
  const { adapter, workload, readMode, program, own } = plan;
  if ({ ...options, ...own }.knee !== "measured") return plan;
  const measured = finished.find(
    ({ run }) =>
      run.system.name === adapter.name &&
      (program === undefined || run.system.version === program.version) &&
      run.workload === workload.name &&
      run.readMode.name === readMode &&
      run.calibration?.kneeRate !== undefined,
  )?.run.calibration;
  if (measured?.kneeRate === undefined) return plan;
  const kneeClientLimited = measured.kneeClientLimited === true;
  return { ...plan, own: { ...own, knee: measured.kneeRate }, kneeClientLimited };
}

/** `etcd`, `etcd/put`, `etcd at 90% with 3 retries`. */
export function titleOf({ adapter, workload, own }: PlannedRun, options: BenchOptions): string {
  const rate = own?.rate === undefined ? "" : ` at ${own.rate}`;
  const retries = own?.retries === undefined ? "" : `, ${count(own.retries, "retry", "retries")}`;
  return `${adapter.name}${options.workload.length > 1 ? `/${workload.name}` : ""}${rate}${retries}`;
}
