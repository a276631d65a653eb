import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Endpoint } from "../../adapters/adapter.ts";
import { type Clock, sleep } from "../../core/clock.ts";
import { CouldNotRunError } from "../../core/errors.ts";
import type { Fault } from "../../core/fault.ts";
import { millis, seconds } from "../../core/time.ts";
import { count } from "../../core/wording.ts";
import { cleanLeftovers } from "../runtimes/cleanup.ts";
import { behindDoors } from "../runtimes/netns/doors.ts";
import type { Cluster } from "../runtimes/runtime.ts";
import type { BenchOptions } from "./options/bench-options.ts";
import type { Output } from "./output.ts";
import type { PlannedRun } from "./plan/plan.ts";

export interface ClusterUpDeps {
  readonly clock: Clock;
  readonly output: Output;
  /** Stops the cluster. */
  readonly signal: AbortSignal;
}

/**
 * `assay cluster up`: keeps a cluster up until the signal. Resolves when it has stopped and nothing is left: with false if
 * the signal came before it was up.
 */
export async function clusterUp(
  plan: PlannedRun,
  options: BenchOptions,
  { clock, output, signal }: ClusterUpDeps,
): Promise<boolean> {
  for (const line of await cleanLeftovers()) output.note(`removed leftover of a dead run: ${line}`);
  if (signal.aborted) return false;
  output.note(`starting ${count(options.nodes, `${plan.adapter.name} node`)} on ${plan.runtime.name}`);
  const dir = await mkdtemp(join(tmpdir(), "assay-cluster-"));
  try {
    const cluster = await startCluster(plan, options, dir, clock, output);
    try {
      return await untilSignal(plan, cluster, options, dir, { clock, output, signal });
    } finally {
      await cluster.stop();
    }
  } catch (reason) {
    if (reason !== signal.reason) throw reason;
    return false;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Resolves with true; rejects with the signal's reason if that came before the cluster was ready. */
async function untilSignal(
  plan: PlannedRun,
  cluster: Cluster,
  options: BenchOptions,
  dir: string,
  { clock, output, signal }: ClusterUpDeps,
): Promise<true> {
  await untilReady(plan, cluster, options.timeout, clock, signal);
  const own = cluster.nodes.map(({ endpoint }) => endpoint);
  const doors = await behindDoors(own);
  try {
    printEndpoints(plan, doors?.endpoints ?? own, dir, output);
    await aborted(signal);
    return true;
  } finally {
    await doors?.close();
  }
}

function printEndpoints(plan: PlannedRun, endpoints: readonly Endpoint[], dir: string, output: Output): void {
  const { name } = plan.adapter;
  const nodes = endpoints.map(({ node, host, port }) => ({ id: node, endpoint: `${host}:${port}` }));
  for (const { id, endpoint } of nodes) output.print(`${id}  ${endpoint}`);
  if (name === "reference" || name === "etcd") {
    output.print(
      `\nETCDCTL_API=3 etcdctl --endpoints=${nodes.map(({ endpoint }) => endpoint).join(",")} endpoint status`,
    );
  }
  output.print("\nPress Ctrl-C to stop it.");
  output.result({ system: name, runtime: plan.runtime.name, nodes, dir });
}

/** Starts a cluster whose data and logs are below `dir`. */
export function startCluster(
  plan: PlannedRun,
  options: BenchOptions,
  dir: string,
  clock: Clock,
  output: Output,
): Promise<Cluster> {
  const topology = {
    size: options.nodes,
    system: plan.adapter.name,
    program: plan.program,
    extraArgs: options.nodeArg,
    dataDir: join(dir, "data"),
    logDir: join(dir, "logs"),
    runId: `cluster-${process.pid}`,
    faults: new Set<Fault>(),
    ...(options.mutant !== undefined && { mutant: options.mutant }),
    ...(options.preset !== undefined && { preset: options.preset }),
    ...(plan.image !== undefined && { image: plan.image }),
    ...(options.storage !== undefined && { storage: options.storage }),
  };
  return plan.runtime.start(plan.adapter.deployment, topology, { clock, log: (line) => output.note(line) });
}

/** Resolves when all nodes are ready; rejects with a CouldNotRunError if one exits or takes too long, and with the signal's reason. */
export async function untilReady(
  plan: PlannedRun,
  cluster: Cluster,
  timeoutMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const { adapter, connect } = plan;
  const deadline = clock.now() + seconds(adapter.deployment.readySeconds);
  const endpoints = cluster.nodes.map((node) => node.endpoint);
  const observer = adapter.observe(endpoints, { ...connect, timeoutMs, clock });
  try {
    for (const node of cluster.nodes) {
      while (!(await observer.ready(node.id))) {
        signal.throwIfAborted();
        if (node.state() === "exited" || clock.now() > deadline) {
          throw new CouldNotRunError(
            `${node.id} did not become ready. The end of its log:\n${await node.logTail(15)}`,
          );
        }
        await sleep(clock, millis(100), signal);
      }
    }
  } finally {
    await observer.close();
  }
  signal.throwIfAborted();
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
