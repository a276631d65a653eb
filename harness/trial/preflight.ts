import { CouldNotRunError, UsageError } from "../../core/errors.ts";
import { count, either } from "../../core/wording.ts";
import { offeredBy } from "../nemesis/offered.ts";
import { assertScheduleFits } from "../nemesis/pace.ts";
import type { TrialDeps, TrialSpec } from "./spec.ts";

/** A run's history is held in memory: about a kilobyte for each operation. */
const mostOperations = 10_000_000;

/** The part of a trial's dependencies that decides whether it is possible. */
type Planned = Pick<TrialDeps, "adapter" | "runtime" | "workload" | "nemeses"> & {
  readonly clients: Pick<TrialDeps["clients"], "faults">;
};

/** Rejects an impossible trial before anything is created: with a UsageError, or a CouldNotRunError if the machine lacks something. */
export async function preflight(spec: TrialSpec, deps: Planned): Promise<void> {
  const { adapter, runtime, workload, nemeses } = deps;
  const { deployment } = adapter;
  if (!Object.hasOwn(adapter.promises.reads, spec.readMode)) {
    const known = either(Object.keys(adapter.promises.reads));
    throw new UsageError(`unknown read mode "${spec.readMode}" for ${adapter.name}: expected ${known}`);
  }
  if (!deployment.sizes.includes(spec.nodes)) {
    const sizes = either(deployment.sizes);
    throw new UsageError(`${adapter.name} runs with ${sizes} nodes, not ${spec.nodes}`);
  }
  if (spec.target === "followers" && spec.nodes < 2)
    throw new UsageError("--target followers: a cluster of one node has no followers; give --nodes 3 or 5");
  if (spec.connections !== undefined && adapter.share === undefined)
    throw new UsageError(
      `--connections: ${adapter.name}'s clients cannot share connections, because a connection is their session: run ${adapter.name} without it, where --clients or --processes bounds the connections`,
    );
  const least = spec.nodes * Math.max(1, spec.workers);
  if (spec.load.processes >= spec.nodes && spec.load.processes < least) {
    throw new UsageError(
      `${count(spec.load.processes, "client")} are too few for ${spec.nodes} nodes and ${count(spec.workers, "worker")}: expected at least ${least} clients, or fewer --workers`,
    );
  }
  if (spec.load.processes < spec.nodes) {
    throw new UsageError(
      `${count(spec.load.processes, "client")} cannot use ${spec.nodes} nodes: expected at least ${spec.nodes} clients`,
    );
  }
  const planned = spec.load.kind === "open" ? spec.load.rate * spec.load.seconds : 0;
  if (planned > mostOperations) {
    throw new UsageError(
      `${spec.load.seconds} s at this rate are ${count(planned, "operation")}, and a run holds at most ${mostOperations.toLocaleString("en")}: give a lower --rate or --seconds`,
    );
  }
  assertOffered(workload.requires, adapter.capabilities, `workload ${workload.name}`, adapter.name);
  for (const nemesis of nemeses.flat()) {
    assertOffered(
      nemesis.requires,
      new Set([...runtime.faults, ...deps.clients.faults, ...offeredBy(adapter)]),
      `nemesis ${nemesis.name}`,
      `${adapter.name} on runtime ${runtime.name}`,
    );
  }
  for (const [name, value] of Object.entries(spec.workloadOptions)) {
    const option = Object.hasOwn(workload.options, name) ? workload.options[name] : undefined;
    if (option === undefined) {
      const known = either(Object.keys(workload.options));
      throw new UsageError(`unknown option "${name}" for workload ${workload.name}: expected ${known}`);
    }
    const { min, max } = option;
    if (!Number.isSafeInteger(value) || value < min || value > max)
      throw new UsageError(
        `--workload-option ${name}: expected a whole number from ${min} to ${max} (${option.doc})`,
      );
  }
  const refusal = workload.refusal?.(spec.workloadOptions);
  if (refusal !== undefined) throw new UsageError(`--workload-option: ${refusal}`);
  assertScheduleFits(nemeses, spec, spec.load.seconds);
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
