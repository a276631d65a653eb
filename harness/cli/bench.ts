import { randomInt } from "node:crypto";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { measuredStaleness } from "../../checker/reads/measured-staleness.ts";
import type { Clock } from "../../core/clock.ts";
import { CouldNotRunError, exitStatus } from "../../core/errors.ts";
import { programCommand } from "../../core/program/node-program.ts";
import type { Load, Run } from "../../core/run.ts";
import { knownLimits, worst } from "../../core/verdict.ts";
import { duration } from "../../core/wording.ts";
import { workerClients, workerFaults } from "../load/workers/worker-clients.ts";
import type { Nemesis } from "../nemesis/nemesis.ts";
import { spanAround } from "../nemesis/pace.ts";
import { fileRunStore } from "../record/node-store.ts";
import { parseEndpoints } from "../runtimes/external/external.ts";
import { assertReachable } from "../runtimes/external/reach.ts";
import { preflight } from "../trial/preflight.ts";
import { TrialFailedError, type TrialSpec, trialDefaults } from "../trial/spec.ts";
import { runTrial } from "../trial/trial.ts";
import { pairs } from "./arguments.ts";
import { type BenchOptions, openedFor, processesFor, workersFor } from "./bench-options.ts";
import { ciFiles } from "./ci/files.ts";
import { repeatCommand } from "./command-line.ts";
import { type BenchResult, benchResult, type Finished } from "./json-result.ts";
import { Leftovers } from "./leftovers.ts";
import { assayVersion, thisMachine } from "./machine.ts";
import { type Output, paintVerdict, table } from "./output.ts";
import { type PlannedRun, withImage } from "./plan/plan.ts";
import { type Turn, turnsOf } from "./plan/turns.ts";
import { showProgress } from "./progress-line.ts";
import { type Reported, writeComparison } from "./report/compare.ts";
import { writeReport } from "./report/write-report.ts";
import { describeStale, staleByFault } from "./stale-by-fault.ts";
import { failedLines, judgeStored, parseThresholds, thresholdLine } from "./thresholds.ts";

const loadWorker = new URL("./load-worker.ts", import.meta.url);

/** What `assay bench` needs in addition to its options. */
export interface BenchDeps {
  readonly clock: Clock;
  readonly output: Output;
  /** Stops the run early: what was recorded is checked, and the exit status is that of the signal. */
  readonly signal: AbortSignal;
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** `assay bench`: runs, checks and reports every planned run. Resolves with the exit status. */
export async function bench(
  planned: readonly PlannedRun[],
  options: BenchOptions,
  deps: BenchDeps,
): Promise<number> {
  const started = deps.clock.now();
  const thresholds = parseThresholds(options.failIf);
  const files = await ciFiles(options);
  const leftovers = new Leftovers(planned, deps.output);
  await leftovers.first();
  const seed = options.seed ?? randomInt(2 ** 31);
  const checked: { readonly plan: PlannedRun; readonly spec: TrialSpec }[] = [];
  for (const plan of planned) {
    const spec = await withVersion(specOf(plan, options, seed, deps.defaults), plan, options, deps.clock);
    await preflight(spec, { ...plan, clients: { faults: workerFaults } });
    checked.push({ plan, spec });
  }
  const finished: (Finished & Reported)[] = [];
  for (const turn of turnsOf(checked, options.repeat, seed)) {
    if (deps.signal.aborted) break;
    const { plan, spec } = turn.plan;
    const ready = await withImage(plan, { clock: deps.clock, log: (line) => deps.output.note(line) });
    const readySpec = ready === plan ? spec : specOf(ready, options, seed, deps.defaults);
    const own =
      options.repeat === 1 ? readySpec : inTurn(readySpec, ready, turn, { ...options, seed }, deps.defaults);
    finished.push(await runOne(ready, own, options, { ...deps, leftovers }));
  }
  // What is left of dead runs is not worth the result of this one.
  await leftovers.rest().catch((reason: unknown) => deps.output.note(`leftovers: ${String(reason)}`));
  if (finished.length > 1) deps.output.print(`${await writeComparison(finished)}\n`);
  const result = benchResult(finished, (deps.clock.now() - started) / 1e9, thresholds);
  await files.write(result);
  summarise(finished, result, deps.output);
  return statusOf(finished, result);
}

async function runOne(
  plan: PlannedRun,
  spec: TrialSpec,
  options: BenchOptions,
  deps: BenchDeps & { readonly leftovers: Leftovers },
): Promise<Finished & Reported> {
  const { output } = deps;
  const title = `${plan.adapter.name}${options.workload.length > 1 ? `/${plan.workload.name}` : ""}`;
  if (options.mutant !== undefined)
    output.note(`!!! PLANTED BUG: ${options.mutant}. This run should fail. !!!`);
  const shown = showProgress(output, title, deps.clock, plan.runtime.outlivesRun);
  output.note(
    `${title}: ${spec.cluster.version === "unknown" ? "version unknown" : spec.cluster.version} on ${plan.runtime.name}, seed ${spec.seed}`,
  );
  try {
    const run = await runTrial(spec, {
      ...plan,
      clock: deps.clock,
      store: fileRunStore(options.results),
      clients: workerClients(spec.workers, programCommand(loadWorker), deps.clock),
      machine: thisMachine(),
      assay: await assayVersion(),
      onProgress: (progress) => {
        if (progress.type === "stage" && progress.stage === "warming-up") void deps.leftovers.rest();
        shown.show(progress);
      },
      signal: deps.signal,
    });
    const dir = join(options.results, run.id);
    const reported = await writeReport(dir);
    for (const judgement of judgeStored(run, reported.digest)) output.print(thresholdLine(judgement));
    printRun(run, reported.report, output);
    return { run, dir, ...reported };
  } catch (reason) {
    if (!(reason instanceof TrialFailedError)) throw reason;
    const reported = await writeReport(reason.dir);
    output.note(`${title}: ${reason.message}`);
    output.note(`${title}: everything recorded is in ${reason.dir}`);
    return { run: reason.run, dir: reason.dir, ...reported, failure: reason.message };
  } finally {
    shown.end();
  }
}

/** Asks the nodes of the user's own cluster which version they are: `unknown` if none says. Rejects if one is not reached. */
async function withVersion(
  spec: TrialSpec,
  { adapter, runtime, connect }: PlannedRun,
  { endpoint, timeout }: BenchOptions,
  clock: Clock,
): Promise<TrialSpec> {
  if (runtime.outlivesRun !== true || endpoint === undefined) return spec;
  const nodes = parseEndpoints(endpoint);
  await assertReachable(nodes, connect.tls);
  const asked = nodes.map((node) => adapter.version?.(node, { ...connect, clock, timeoutMs: timeout }));
  const versions = new Set((await Promise.all(asked)).filter((version) => version !== undefined));
  const version = versions.size === 0 ? "unknown" : [...versions].toSorted().join(" and ");
  return { ...spec, cluster: { ...spec.cluster, version } };
}

function specOf(
  plan: PlannedRun,
  options: BenchOptions,
  seed: number,
  defaults: BenchDeps["defaults"],
): TrialSpec {
  const version = plan.program?.version ?? plan.image?.slice(plan.image.lastIndexOf(":") + 1) ?? "unknown";
  const { clients, rate = trialDefaults.load.rate, seconds } = options;
  // A warm-up asks as fast as it can: nobody wants that on a cluster that others use.
  const { warmUpSeconds = plan.runtime.outlivesRun ? 0 : trialDefaults.warmUpSeconds } = options;
  const load: Load =
    clients === undefined
      ? { kind: "open", rate, processes: processesFor(options, rate), seconds }
      : { kind: "closed", processes: clients, seconds };
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
    openedProcesses: openedFor(options),
    workers,
    calibrate: warmUpSeconds > 0 && load.kind === "open" && options.rate === undefined,
    warmUpSeconds,
    operationTimeoutMs: options.timeout,
    faultSeconds: spanAround(plan.pace.faultSeconds),
    gapSeconds: spanAround(plan.pace.gapSeconds),
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
function inTurn(
  spec: TrialSpec,
  plan: PlannedRun,
  { seed, block, order }: Turn<unknown>,
  options: BenchOptions,
  defaults: BenchDeps["defaults"],
): TrialSpec {
  const command = repeatCommand(plan, { ...options, ...plan.pace, workers: spec.workers }, seed, defaults);
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

function printRun(run: Run, report: string, output: Output): void {
  const { ok, fail, info } = run.operations;
  output.print(
    `${run.system.name}: ${verdictCell(run)}  ${ok} ok, ${fail} fail, ${info} unknown in ${run.seconds.toFixed(1)} s`,
  );
  for (const verdict of run.verdicts) {
    output.print(`  ${paintVerdict(verdict.kind)} ${verdict.checker}: ${verdict.summary}`);
    for (const anomaly of verdict.anomalies.slice(0, 3))
      output.print(`    ${anomaly.limit === undefined ? "" : "known limit: "}${anomaly.summary}`);
  }
  for (const line of staleByFault(run).map(describeStale)) output.print(`  ${line}`);
  output.print(`  report: ${report}`);
  output.print(`  repeat: ${run.command}`);
}

const verdictCell = (run: Run): string => {
  const found = [
    ...(knownLimits(run.verdicts).length > 0 ? ["known limit found"] : []),
    ...staleWords(run.verdicts),
  ];
  return `${paintVerdict(run.verdict)}${found.length === 0 ? "" : ` (${found.join("; ")})`}`;
};

/** `292 of 1881 reads stale, by up to 33.4 s`; nothing if none was. */
function staleWords(verdicts: Run["verdicts"]): string[] {
  const measured = measuredStaleness(verdicts);
  if (measured === undefined || measured.stale === 0) return [];
  const { reads, stale, worstMs } = measured;
  return [`${stale} of ${reads} reads stale, by up to ${duration(worstMs * 1e6)}`];
}

function summarise(finished: readonly Finished[], result: BenchResult, output: Output): void {
  if (finished.length > 1) {
    for (const line of failedLines(result)) output.print(line);
    output.print(
      table(
        [
          "system",
          "version",
          "runtime",
          "workload",
          "read mode",
          "verdict",
          "ok",
          "fail",
          "unknown",
          "report",
        ],
        finished.map(({ run, report, failure }) => [
          run.system.name,
          run.system.version,
          run.runtime,
          run.workload,
          run.readMode.name,
          failure === undefined ? verdictCell(run) : "could not run",
          ...[run.operations.ok, run.operations.fail, run.operations.info].map(String),
          report,
        ]),
      ),
    );
  }
  output.result(result);
}

function statusOf(finished: readonly Finished[], { thresholds }: BenchResult): number {
  if (finished.length === 0) throw new CouldNotRunError("stopped before the first run began");
  const verdict = worst(finished.map(({ run }) => run.verdict));
  if (verdict === "invalid" || thresholds.some(({ state }) => state !== "passed")) return exitStatus.invalid;
  if (finished.some(({ failure }) => failure !== undefined)) return exitStatus.couldNotRun;
  return exitStatus[verdict];
}
