/**
 * One trial from start to verdict: starts a cluster, loads it, injects faults, heals them, waits for recovery, reads
 * everything once more, stops the cluster, checks the history. Even if something fails on the way, every fault is healed,
 * every process is stopped, and everything recorded is kept and checked.
 */

import type { Deployment } from "../../adapters/deployment.ts";
import { type FaultWindow, faultWindows } from "../../core/fault.ts";
import { type History, operations, phaseIndex } from "../../core/history.ts";
import { isSweep } from "../../core/load/rate.ts";
import { nodeId, type Operation, type Revision } from "../../core/op.ts";
import { createRandom } from "../../core/random.ts";
import { isOfLoad, type Run } from "../../core/run.ts";
import { type Nanos, nanos, toSeconds } from "../../core/time.ts";
import { type Verdict, worst } from "../../core/verdict.ts";
import { latencyDistributions, latencyLog, summarizeLatency } from "../load/latency.ts";
import type { LoadSummary } from "../load/summary.ts";
import { followedTarget } from "../load/target.ts";
import { describePlan, stepName } from "../nemesis/pace.ts";
import { Recorder } from "../record/recorder.ts";
import { unfinished } from "../record/store.ts";
import type { Cluster } from "../runtimes/runtime.ts";
import { type Capacity, clientHealth, reportedLatency } from "./client-health.ts";
import type { TrialContext } from "./context.ts";
import { InterruptedError, TrialEnd } from "./end.ts";
import { gather } from "./gather.ts";
import { healEverything } from "./heal.ts";
import { isOverloaded, judge } from "./judge.ts";
import { runPhases } from "./phases.ts";
import { preflight } from "./preflight.ts";
import { waitUntilReady } from "./readiness.ts";
import { type TrialDeps, TrialFailedError, type TrialSpec } from "./spec.ts";

/**
 * Runs a trial. Resolves with the run; `ended` is set if the signal ended it early. Rejects with a UsageError or
 * CouldNotRunError before anything is created, and with a TrialFailedError if the cluster failed (never became ready, a node
 * exited, a fault could not be injected or healed). If the records show a broken promise, it resolves even then.
 */
export async function runTrial(spec: TrialSpec, deps: TrialDeps): Promise<Run> {
  await preflight(spec, deps);
  const trial = new Trial(await makeContext(spec, deps));
  await trial.run();
  return trial.conclude();
}

async function makeContext(spec: TrialSpec, deps: TrialDeps): Promise<TrialContext> {
  const time = deps.clock.date().toISOString().slice(0, 19).replaceAll(":", "");
  const dir = await deps.store.create(`${time}-${deps.adapter.name}-${deps.workload.name}-${spec.seed}`);
  const promised = deps.adapter.promises.reads[spec.readMode];
  if (promised === undefined) throw new TypeError(`preflight let the read mode ${spec.readMode} pass`);
  const workload = {
    readMode: spec.readMode,
    promises: promised.consistency,
    limits: promised.limits ?? [],
    revisions: deps.adapter.revisions,
    // On a cluster that outlives the run, keys must not collide with those of other runs or of its owner.
    keyPrefix: deps.runtime.outlivesRun ? `assay-${time}-` : "",
    options: spec.workloadOptions,
    convergenceSeconds: spec.convergenceSeconds,
    watches: deps.adapter.promises.watches ?? {},
    ...(deps.adapter.promises.session !== undefined && { session: deps.adapter.promises.session }),
    offers: [...deps.adapter.capabilities],
  };
  const leastQuiet = deps.workload.quietSeconds?.({ ...workload, nodes: [] }) ?? 0;
  return {
    spec: { ...spec, quietSeconds: Math.max(spec.quietSeconds, leastQuiet) },
    deps,
    dir,
    recorder: new Recorder(deps.clock, (event) => dir.append(event)),
    random: createRandom(spec.seed),
    end: new TrialEnd(deps.signal),
    connect: { ...spec.connect, timeoutMs: spec.operationTimeoutMs, clock: deps.clock },
    workload,
  };
}

class Trial {
  readonly #context: TrialContext;
  readonly #startedAt: Date;
  readonly #times: { begin: Nanos; loadBegin?: Nanos; loadEnd?: Nanos };
  #nodes: Run["nodes"] = [];
  #load: LoadSummary | undefined;
  #cause: unknown;

  constructor(context: TrialContext) {
    this.#context = context;
    this.#startedAt = context.deps.clock.date();
    this.#times = { begin: context.deps.clock.now() };
  }

  /** Never rejects: `conclude` reports the cause of an early end. */
  async run(): Promise<void> {
    const { spec, deps, dir, end, random } = this.#context;
    try {
      end.signal.throwIfAborted();
      this.#log(describePlan(deps.nemeses, spec, random.fork("nemesis"), spec.load.seconds));
      deps.onProgress({ type: "stage", stage: "starting", dir: dir.path });
      const preparing = deps.clients.prepare({ runId: dir.id, logDir: dir.logDir });
      // Reported when it is awaited; the cluster starts meanwhile.
      preparing.catch(() => {});
      await this.#withCluster(await this.#start(), preparing);
    } catch (reason) {
      this.#cause = end.signal.aborted ? end.signal.reason : reason;
    } finally {
      await deps.clients.close();
      end.dispose();
    }
  }

  #start(): Promise<Cluster> {
    const { spec, deps, dir } = this.#context;
    const { version: _, ...cluster } = spec.cluster;
    return deps.runtime.start(
      deps.adapter.deployment,
      {
        ...cluster,
        size: spec.nodes,
        system: deps.adapter.name,
        dataDir: dir.dataDir,
        logDir: dir.logDir,
        runId: dir.id,
        workers: spec.workers,
        faults: new Set(deps.nemeses.flat().flatMap((nemesis) => [...nemesis.requires])),
      },
      { clock: deps.clock, log: this.#log },
    );
  }

  async #withCluster(cluster: Cluster, clients: Promise<void>): Promise<void> {
    const { deps, dir, end, connect } = this.#context;
    const endpoints = cluster.nodes.map((node) => node.endpoint);
    const observer = deps.adapter.observe(endpoints, connect);
    try {
      this.#nodes = cluster.nodes.map(({ id, endpoint }) => ({
        id,
        endpoint: `${endpoint.host}:${endpoint.port}`,
      }));
      deps.onProgress({ type: "stage", stage: "waiting", dir: dir.path });
      await waitUntilReady(cluster, {
        clock: deps.clock,
        signal: end.signal,
        limitSeconds: deps.adapter.deployment.readySeconds,
        ready: (node) => observer.ready(node.id),
      });
      await clients;
      this.#times.loadBegin = deps.clock.now();
      await dir.describe(this.#describe([], [], this.#times.loadBegin, unfinished));
      await runPhases(this.#context, cluster, observer, (summary) => {
        this.#load = summary;
      });
    } finally {
      if (this.#times.loadBegin !== undefined) this.#times.loadEnd = deps.clock.now();
      deps.onProgress({ type: "stage", stage: "stopping", dir: dir.path });
      await observer.close();
      await healEverything(cluster, deps.clients, (reason) =>
        this.#log(`could not heal: ${messageOf(reason)}`),
      );
      await cluster.stop();
    }
  }

  /** Why the run ended before its time; undefined if it did not. */
  get #ended(): string | undefined {
    return this.#cause === undefined ? undefined : messageOf(this.#cause);
  }

  /** Checks and stores what was recorded. */
  async conclude(): Promise<Run> {
    const { deps, dir, recorder } = this.#context;
    deps.onProgress({ type: "stage", stage: "checking", dir: dir.path });
    // Whatever ended the run before its load did: what was recorded is kept.
    if (this.#load === undefined) await gather(this.#context);
    dir.flush();
    const checkBegin = deps.clock.now();
    const all = operations(recorder.history);
    const verdicts = await judge(
      this.#context,
      this.#nodes.map(({ id }) => nodeId(id)),
      all,
      { load: this.#load, ended: this.#ended },
    );
    const loadEnd = this.#load?.loadEndedAt ?? nanos(0);
    const loadBegin = phaseIndex(recorder.history, "main");
    // What comes before the load, and the final reads of all keys, run as fast as possible: their latency measures nothing.
    const measured = all.filter(({ callIndex, invokedAt }) => callIndex > loadBegin && invokedAt <= loadEnd);
    const run = this.#describe(measured, verdicts, checkBegin);
    const log = latencyLog(measured, recorder.beganAt ?? this.#startedAt);
    await dir.finish(run, log, latencyDistributions(measured));
    const cause = this.#cause;
    if (cause === undefined || cause instanceof InterruptedError || run.verdict === "invalid") return run;
    throw new TrialFailedError(messageOf(cause), { dir: dir.path, run, cause });
  }

  #describe(
    measured: readonly Operation[],
    verdicts: readonly Verdict[],
    checkBegin: Nanos,
    ended = this.#ended,
  ): Run {
    const { spec, deps, dir, recorder, workload } = this.#context;
    const { begin, loadBegin = checkBegin, loadEnd = checkBegin } = this.#times;
    const now = deps.clock.now();
    const latency = summarizeLatency(measured);
    const { mutant } = spec.cluster;
    const lastRevision = highestRevision(recorder.history);
    const faults = faultWindows(recorder.history);
    const { load = spec.load } = this.#load ?? {};
    return {
      version: 1,
      id: dir.id,
      startedAt: this.#startedAt.toISOString(),
      seed: spec.seed,
      system: { name: deps.adapter.name, version: spec.cluster.version },
      runtime: deps.runtime.name,
      workload: deps.workload.name,
      nemeses: deps.nemeses.map(stepName),
      readMode: { name: spec.readMode, promises: workload.promises, limits: workload.limits },
      workloadRun: {
        keyPrefix: workload.keyPrefix,
        options: workload.options,
        convergenceSeconds: workload.convergenceSeconds,
        watches: workload.watches,
        ...(workload.session !== undefined && { session: workload.session }),
        offers: workload.offers,
      },
      revisions: workload.revisions,
      nodes: this.#nodes,
      ...optionalTimeout(deps.adapter.deployment),
      ...(mutant !== undefined && { mutant }),
      load,
      ...(this.#load?.calibration !== undefined && { calibration: this.#load.calibration }),
      ...(this.#load !== undefined && loadFacts(this.#load, measured, faults)),
      ...(this.#load?.target !== undefined && {
        target: followedTarget(this.#load.target, recorder.history, this.#load.loadEndedAt),
      }),
      ...(spec.connections !== undefined && { connections: spec.connections }),
      options: spec.options,
      command: this.#command,
      assay: deps.assay,
      machine: deps.machine,
      operations: recorder.counts,
      latency,
      faults,
      verdicts,
      verdict: worst(verdicts.map(({ kind }) => kind)),
      seconds: toSeconds(nanos(now - begin)),
      phases: {
        setUp: toSeconds(nanos(loadBegin - begin)),
        load: toSeconds(nanos(loadEnd - loadBegin)),
        check: toSeconds(nanos(now - checkBegin)),
      },
      client: clientHealth(
        this.#load?.workers ?? [],
        // The figures of a sweep are those of its steps, and each is judged by its own lag.
        isSweep(load) ? [] : reportedLatency(measured, faults, this.#load),
        capacityOf(this.#load, measured),
      ),
      ...(ended !== undefined && { ended }),
      ...(lastRevision !== undefined && { lastRevision }),
    };
  }

  /** Names the rate that was chosen, so that it is the same again. */
  get #command(): string {
    const { command, calibrate, load } = this.#context.spec;
    const chosen = this.#load?.load ?? load;
    return calibrate && chosen.kind === "open" ? `${command} --rate ${chosen.rate}` : command;
  }

  readonly #log = (line: string): void => this.#context.deps.onProgress({ type: "log", line });
}

/** What is known of the load besides its pace. */
function loadFacts(
  { unsent, stride, loadProcesses, growth }: LoadSummary,
  measured: readonly Operation[],
  faults: readonly FaultWindow[],
): Pick<Run, "loadClients" | "unsent" | "overloaded" | "growth"> {
  const loadClients = { stride, processes: loadProcesses };
  const sent = measured.filter(({ process }) => isOfLoad(process, loadClients)).length;
  return {
    ...(loadProcesses > 0 && { loadClients }),
    unsent,
    overloaded: isOverloaded(unsent, sent, faults),
    ...(growth !== undefined && { growth }),
  };
}

/** What a closed loop reached, and could reach at most, where that was measured. */
function capacityOf(load: LoadSummary | undefined, measured: readonly Operation[]): Capacity | undefined {
  if (load?.ceiling === undefined) return undefined;
  const { ceiling, stride, loadProcesses: processes, loadEndedAt } = load;
  const asked = measured.filter(({ process }) => isOfLoad(process, { stride, processes })).length;
  return { ceiling, reached: asked / Math.max(toSeconds(loadEndedAt), Number.EPSILON) };
}

const optionalTimeout = ({ electionTimeoutMs }: Deployment): Pick<Run, "electionTimeoutMs"> =>
  electionTimeoutMs === undefined ? {} : { electionTimeoutMs };

function highestRevision(history: History): Revision | undefined {
  let highest: Revision | undefined;
  for (const event of history) {
    if (event.type !== "ok" || event.revision === undefined) continue;
    if (highest === undefined || event.revision > highest) highest = event.revision;
  }
  return highest;
}

const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));
