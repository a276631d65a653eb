import { CouldNotRunError, UsageError } from "../../core/errors.ts";
import { assertScheduleFits } from "../nemesis/schedule.ts";
import type { TrialDeps, TrialSpec } from "./spec.ts";

/** Rejects what cannot be before anything is made: a UsageError, or a CouldNotRunError where the machine lacks something. */
export async function preflight(spec: TrialSpec, deps: TrialDeps): Promise<void> {
  const { adapter, runtime, workload, nemeses } = deps;
  const { deployment } = adapter;
  if (!Object.hasOwn(adapter.promises.reads, spec.readMode)) {
    const known = Object.keys(adapter.promises.reads).join(", ");
    throw new UsageError(`${adapter.name} has no read mode "${spec.readMode}": there are ${known}`);
  }
  if (!deployment.sizes.includes(spec.nodes)) {
    const sizes = deployment.sizes.join(", ");
    throw new UsageError(`${adapter.name} does not run with ${spec.nodes} nodes: it does with ${sizes}`);
  }
  if (spec.load.processes < spec.nodes) {
    throw new UsageError(
      `${spec.load.processes} clients cannot use ${spec.nodes} nodes: give at least ${spec.nodes}`,
    );
  }
  assertOffered(workload.requires, adapter.capabilities, `workload ${workload.name}`, adapter.name);
  for (const nemesis of nemeses.flat()) {
    assertOffered(nemesis.requires, runtime.faults, `nemesis ${nemesis.name}`, `runtime ${runtime.name}`);
  }
  for (const [name, value] of Object.entries(spec.workloadOptions)) {
    const option = Object.hasOwn(workload.options, name) ? workload.options[name] : undefined;
    if (option === undefined) {
      const known = Object.keys(workload.options).join(", ");
      throw new UsageError(`workload ${workload.name} has no option "${name}": there are ${known}`);
    }
    const { min, max } = option;
    if (!Number.isSafeInteger(value) || value < min || value > max)
      throw new UsageError(
        `--workload-option ${name}: expected a whole number from ${min} to ${max} (${option.doc})`,
      );
  }
  assertScheduleFits(
    { steps: nemeses, faultSeconds: spec.faultSeconds, gapSeconds: spec.gapSeconds },
    spec.load.seconds,
  );
  const missing = await runtime.missing(deployment);
  if (missing !== undefined) throw new CouldNotRunError(`runtime ${runtime.name}: ${missing}`);
}

function assertOffered<T extends string>(
  needs: Iterable<T>,
  offers: ReadonlySet<T>,
  who: string,
  where: string,
): void {
  const lacking = [...needs].filter((need) => !offers.has(need));
  if (lacking.length > 0) throw new UsageError(`${who} needs ${lacking.join(", ")}, which ${where} lacks`);
}
