/** What a trial needs to know, out of the options of a planned run. */
import { availableParallelism } from "node:os";
import type { Clock } from "../../../core/clock.ts";
import type { Load, Run } from "../../../core/run.ts";
import { workerFaults } from "../../load/workers/worker-clients.ts";
import type { Nemesis } from "../../nemesis/nemesis.ts";
import { spanAround } from "../../nemesis/pace.ts";
import { parseEndpoints } from "../../runtimes/external/external.ts";
import { type TrialSpec, trialDefaults } from "../../trial/spec.ts";
import { isShare, pairs } from "../options/arguments.ts";
import type { BenchOptions } from "../options/bench-options.ts";
import { openedFor, workersFor } from "../options/client-options.ts";
import { repeatCommand } from "../options/command-line.ts";
import { versionOfNodes } from "../own-version.ts";
import { openLoad } from "./open-load.ts";
import type { PlannedRun } from "./plan.ts";
import type { Turn } from "./turns.ts";

/** Values of the options that nobody gave, by name. */
export type Defaults = Readonly<Record<string, unknown>>;

/** The spec with the version that the nodes of the user's own cluster give. Rejects if one is not reached. */
export async function withVersion(
  spec: TrialSpec,
  { adapter, runtime, connect }: PlannedRun,
  { endpoint, timeout }: BenchOptions,
  clock: Clock,
): Promise<TrialSpec> {
  if (runtime.outlivesRun !== true || endpoint === undefined) return spec;
  const options = { ...connect, clock, timeoutMs: timeout };
  const version = await versionOfNodes(parseEndpoints(endpoint), adapter, options);
  return { ...spec, cluster: { ...spec.cluster, version } };
}

/** The spec of a planned run that is made once. */
export function specOf(plan: PlannedRun, asked: BenchOptions, seed: number, defaults: Defaults): TrialSpec {
  const options = { ...asked, ...plan.own };
  const version = plan.program?.version ?? plan.image?.slice(plan.image.lastIndexOf(":") + 1) ?? "unknown";
  const { clients, seconds } = options;
  // A warm-up asks as fast as it can: nobody wants that on a cluster that others use.
  const { warmUpSeconds = plan.runtime.outlivesRun ? 0 : trialDefaults.warmUpSeconds } = options;
  const load: Load =
    clients === undefined ? openLoad(options) : { kind: "closed", processes: clients, seconds };
  const workers = workersFor(options, {
    cores: availableParallelism(),
    processes: load.processes,
    clientFaults: plan.nemeses.flat().some(strikesClients),
  });
  const workloadOptions = Object.fromEntries(
    Object.entries(pairs(options.workloadOption, "--workload-option")).map(([name, text]) => [
      name,
      Number(text),
    ]),
  );
  return {
    ...trialDefaults,
    seed,
    nodes: options.nodes,
    readMode: plan.readMode,
    load,
    ...(options.target !== "all" && { target: options.target }),
    ...(options.connections !== undefined && { connections: options.connections }),
    openedProcesses: openedFor(options),
    workers,
    ...(options.rate !== undefined && isShare(options.rate) && { shares: options.rate }),
    ...(options.knee !== undefined && { knee: options.knee }),
    ...(plan.kneeClientLimited === true && { kneeClientLimited: true }),
    calibrate: warmUpSeconds > 0 && load.kind === "open" && options.rate === undefined,
    warmUpSeconds,
    operationTimeoutMs: options.timeout,
    faultSeconds: spanAround(plan.pace.faultSeconds),
    gapSeconds: spanAround(plan.pace.gapSeconds),
    calmSeconds: options.calmSeconds,
    quietSeconds: options.quietSeconds,
    endings: {
      endWhenServed: options.untilServed,
      ...(options.strikes !== undefined && { strikes: options.strikes }),
    },
    convergenceSeconds: options.convergenceSeconds,
    workloadOptions,
    connect: plan.connect,
    cluster: {
      program: plan.program,
      version,
      extraArgs: options.nodeArg,
      ...(options.mutant !== undefined && { mutant: options.mutant }),
      ...(options.preset !== undefined && { preset: options.preset }),
      ...(plan.image !== undefined && { image: plan.image }),
      ...(options.storage !== undefined && { storage: options.storage }),
    },
    checking: {
      threads: availableParallelism(),
      timeLimitSeconds: options.timeLimit,
      memoryLimitBytes: options.memoryLimit * 2 ** 20,
    },
    options: publicOptions({ ...options, ...plan.pace }),
    command: repeatCommand(plan, { ...options, ...plan.pace, workers }, seed, defaults),
  };
}

/** The spec of one of several repetitions: with its own seed, and its place in the order on record, from which `options.seed` gave it. */
export function inTurn(
  spec: TrialSpec,
  plan: PlannedRun,
  { seed, block, order }: Turn<unknown>,
  options: BenchOptions,
  defaults: Defaults,
): TrialSpec {
  const command = repeatCommand(
    plan,
    { ...options, ...plan.own, ...plan.pace, workers: spec.workers },
    seed,
    defaults,
  );
  return { ...spec, seed, options: { ...spec.options, seed: options.seed ?? seed, block, order }, command };
}

const strikesClients = ({ requires }: Nemesis): boolean =>
  requires.has("worker-cut") || [...workerFaults].some((fault) => requires.has(fault));

/** Options for the configuration table of the report, without secrets. */
function publicOptions(options: BenchOptions): Run["options"] {
  const secret = new Set(["user", "token"]);
  const entries = Object.entries(options).filter(([name, value]) => value !== undefined && !secret.has(name));
  return Object.fromEntries(entries) as Run["options"];
}
