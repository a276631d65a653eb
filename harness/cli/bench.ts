import { randomInt } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../../core/clock.ts";
import { CouldNotRunError, exitStatus } from "../../core/errors.ts";
import { programCommand } from "../../core/program/node-program.ts";
import type { Run } from "../../core/run.ts";
import { worst } from "../../core/verdict.ts";
import { listed } from "../../core/wording.ts";
import type { HostPlace } from "../load/clients.ts";
import { startNullServer } from "../load/workers/null-server.ts";
import { workerClients, workerFaults } from "../load/workers/worker-clients.ts";
import { fileRunStore } from "../record/node-store.ts";
import { preflight } from "../trial/preflight.ts";
import { TrialFailedError, type TrialSpec } from "../trial/spec.ts";
import { runTrial } from "../trial/trial.ts";
import { ciFiles } from "./ci/files.ts";
import { judgeStored, parseThresholds, thresholdLine } from "./ci/thresholds.ts";
import { Leftovers } from "./leftovers.ts";
import { thisMachine } from "./machine.ts";
import type { BenchOptions } from "./options/bench-options.ts";
import type { Output } from "./output.ts";
import { type PlannedRun, withImage } from "./plan/plan.ts";
import { type SecondRound, secondRound } from "./plan/rounds.ts";
import { titleOf, withSharedKnee } from "./plan/series.ts";
import { type Defaults, inTurn, specOf, withVersion } from "./plan/trial-spec.ts";
import { turnsOf } from "./plan/turns.ts";
import { showProgress } from "./progress-line.ts";
import type { Reported } from "./report/compare.ts";
import { printRun, summarise } from "./report/print-runs.ts";
import { type BenchResult, benchResult, type Finished } from "./results/json-result.ts";

const loadWorker = new URL("./load-worker.ts", import.meta.url);
const nullServer = new URL("./null-server.ts", import.meta.url);

/** What `assay bench` needs in addition to its options. */
export interface BenchDeps {
  readonly clock: Clock;
  /** Never rejects. */
  readonly assay: Promise<Run["assay"]>;
  readonly output: Output;
  /** Stops the run early: what was recorded is checked, and the exit status is that of the signal. */
  readonly signal: AbortSignal;
  readonly defaults: Defaults;
  /** What runs after all others. */
  readonly second?: SecondRound;
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
  const finished: (Finished & Reported)[] = [];
  const resultOf = (comparison?: string): BenchResult =>
    benchResult(finished, { seconds: (deps.clock.now() - started) / 1e9, comparison, thresholds });
  try {
    await runRounds(planned, { ...options, seed: options.seed ?? randomInt(2 ** 31) }, deps, finished);
    const comparison = await compare(finished);
    if (comparison !== undefined) deps.output.print(`${comparison}\n`);
    const result = resultOf(comparison);
    const status = statusOf(finished, result);
    // What was finished counts, but it is less than what was asked for.
    await files.write(result, deps.signal.aborted ? messageOf(deps.signal.reason) : undefined);
    summarise(finished, result, deps.output);
    return status;
  } catch (reason) {
    // CI shows these files also where the command fails; the reason comes before whatever is wrong with them.
    await files
      .write(resultOf(), messageOf(reason))
      .catch((failed: unknown) => deps.output.note(messageOf(failed)));
    throw reason;
  }
}

const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));

/** Carries out the plans, and once more what the second round makes of them. */
async function runRounds(
  planned: readonly PlannedRun[],
  options: Seeded,
  deps: BenchDeps,
  finished: (Finished & Reported)[],
): Promise<void> {
  await runAll(planned, options, deps, finished);
  if (deps.second === undefined) return;
  const first = [...finished];
  for (const name of new Set(planned.map(({ workload }) => workload.name))) {
    const reached = first.filter(({ run }) => run.workload === name).map(({ digest }) => digest);
    const next = secondRound(deps.second, options, reached);
    const own = planned.filter(({ workload }) => workload.name === name);
    if (next !== undefined) await runAll(own, { ...next, seed: options.seed }, deps, finished);
  }
}

type Seeded = BenchOptions & { readonly seed: number };

/** Checks all plans, and then carries them out, one run after the other, until the signal. Adds to `finished` what is done. */
async function runAll(
  planned: readonly PlannedRun[],
  options: Seeded,
  deps: BenchDeps,
  finished: (Finished & Reported)[],
): Promise<void> {
  const { seed } = options;
  const leftovers = new Leftovers(planned, deps.output);
  await leftovers.first();
  const checked: { readonly plan: PlannedRun; readonly spec: TrialSpec }[] = [];
  for (const plan of planned) {
    const spec = await withVersion(specOf(plan, options, seed, deps.defaults), plan, options, deps.clock);
    await preflight(spec, { ...plan, clients: { faults: workerFaults } });
    checked.push({ plan, spec });
  }
  for (const turn of turnsOf(checked, options.repeat, seed)) {
    if (deps.signal.aborted) break;
    const { plan, spec } = turn.plan;
    const ready = await withImage(withSharedKnee(plan, options, finished), {
      clock: deps.clock,
      log: (line) => deps.output.note(line),
    });
    const readySpec = ready === plan ? spec : specOf(ready, options, seed, deps.defaults);
    const own = options.repeat === 1 ? readySpec : inTurn(readySpec, ready, turn, options, deps.defaults);
    finished.push(await runOne(ready, own, options, { ...deps, leftovers }));
  }
  await leftovers.rest();
}

async function runOne(
  plan: PlannedRun,
  spec: TrialSpec,
  options: BenchOptions,
  deps: BenchDeps & { readonly leftovers: Leftovers },
): Promise<Finished & Reported> {
  const { output } = deps;
  const title = titleOf(plan, options);
  if (options.mutant !== undefined)
    output.note(`!!! PLANTED BUG: ${options.mutant}. This run should fail. !!!`);
  const shown = showProgress(output, title, deps.clock, plan.runtime.outlivesRun);
  output.note(
    `${title}: ${spec.cluster.version === "unknown" ? "version unknown" : spec.cluster.version} on ${plan.runtime.name}, seed ${spec.seed}`,
  );
  if (plan.leftOut.length > 0)
    output.note(`${title}: left out of the default faults: ${listed(plan.leftOut)}`);
  try {
    const run = await runTrial(spec, {
      ...plan,
      clock: deps.clock,
      store: fileRunStore(options.results),
      clients: workerClients(spec.workers, programCommand(loadWorker), deps.clock),
      ...(plan.adapter.nullServer !== undefined && {
        nullServer: (place: HostPlace) =>
          startNullServer([...programCommand(nullServer), plan.adapter.name], place),
      }),
      machine: thisMachine(),
      assay: await deps.assay,
      onProgress: (progress) => {
        if (progress.type === "stage" && progress.stage === "warming-up") void deps.leftovers.rest();
        shown.show(progress);
      },
      signal: deps.signal,
    });
    const dir = join(options.results, run.id);
    const reported = await report(dir);
    for (const judgement of judgeStored(run, reported.digest)) output.print(thresholdLine(judgement));
    printRun(run, reported, output);
    return { run, dir, ...reported };
  } catch (reason) {
    if (!(reason instanceof TrialFailedError)) throw reason;
    const reported = await report(reason.dir);
    output.note(`${title}: ${reason.message}`);
    output.note(`${title}: everything recorded is in ${reason.dir}`);
    return { run: reason.run, dir: reason.dir, ...reported, failure: reason.message };
  } finally {
    shown.end();
  }
}

/** Renders the report of a run. Its code is loaded now: nothing waits for it when a run starts. */
async function report(dir: string): Promise<Reported> {
  const { writeReport } = await import("./report/write-report.ts");
  return writeReport(dir);
}

/** Writes the page that compares several runs; resolves with its path, undefined for a single run. */
async function compare(finished: readonly Reported[]): Promise<string | undefined> {
  if (finished.length < 2) return undefined;
  const { writeComparison } = await import("./report/compare.ts");
  return writeComparison(finished);
}

function statusOf(finished: readonly Finished[], { thresholds }: BenchResult): number {
  if (finished.length === 0) throw new CouldNotRunError("stopped before the first run began");
  const verdict = worst(finished.map(({ run }) => run.verdict));
  if (verdict === "invalid" || thresholds.some(({ state }) => state !== "passed")) return exitStatus.invalid;
  if (finished.some(({ failure }) => failure !== undefined)) return exitStatus.couldNotRun;
  return exitStatus[verdict];
}
