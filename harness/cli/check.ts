import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import type { Checker } from "../../checker/checker.ts";
import { nodeWorkers } from "../../checker/node-workers.ts";
import { runCheckers } from "../../checker/run-checkers.ts";
import type { Clock } from "../../core/clock.ts";
import type { Consistency } from "../../core/consistency.ts";
import { exitStatus, UsageError } from "../../core/errors.ts";
import type { History } from "../../core/history.ts";
import { toSeconds } from "../../core/time.ts";
import { type Verdict, type VerdictKind, worst } from "../../core/verdict.ts";
import { readForeign } from "./check-foreign.ts";
import { readRunDirectory } from "./check-run.ts";
import type { CheckResult } from "./json-result.ts";
import { type Output, paintVerdict } from "./output.ts";

export interface CheckOptions {
  readonly model: string;
  readonly format?: string;
  readonly initial?: string;
  /** Not key by key. */
  readonly whole: boolean;
  /** Seconds. */
  readonly timeLimit: number;
  /** MiB. */
  readonly memoryLimit: number;
}

/** A history, and who judges it. */
export interface Case {
  readonly file: string;
  readonly history: History;
  /** Whether its last line was cut off, and dropped. */
  readonly truncated: boolean;
  readonly checkers: readonly Checker[];
  readonly promises: Consistency;
  /** What was found before. It stands where no checker of that name judges anew. */
  readonly known: readonly Verdict[];
}

interface Checked {
  readonly file: string;
  readonly truncated: boolean;
  readonly operations: number;
  readonly verdicts: readonly Verdict[];
}

/**
 * `assay check FILE…`: judges run directories and history files, once all of them have been read: where one cannot be,
 * none is judged. Resolves with the exit status of the worst.
 */
export async function check(
  files: readonly string[],
  options: CheckOptions,
  clock: Clock,
  output: Output,
): Promise<number> {
  const started = clock.now();
  const limits = {
    threads: availableParallelism(),
    workers: nodeWorkers,
    timeLimitSeconds: options.timeLimit,
    memoryLimitBytes: options.memoryLimit * 2 ** 20,
    now: () => toSeconds(clock.now()),
  };
  const cases: Case[] = [];
  for (const file of files)
    cases.push((await isDirectory(file)) ? await readRunDirectory(file) : await readForeign(file, options));
  const all: Checked[] = [];
  for (const { file, history, truncated, checkers, promises, known } of cases) {
    if (truncated) output.note(`${file}: the last line was cut off, and is not judged`);
    const operations = history.filter(({ type }) => type === "invoke").length;
    const anew = operations === 0 ? [nothing] : await runCheckers(checkers, history, { ...limits, promises });
    const verdicts = [
      ...anew,
      ...known.filter(({ checker }) => anew.every((each) => each.checker !== checker)),
    ];
    const checked = { file, truncated, operations, verdicts };
    tell(checked, output);
    all.push(checked);
  }
  const verdicts = all.flatMap(({ verdicts }) => verdicts);
  const verdict = worst(verdicts.map(({ kind }) => kind));
  const result: CheckResult = {
    verdict,
    operations: all.reduce((sum, { operations }) => sum + operations, 0),
    seconds: toSeconds(clock.now()) - toSeconds(started),
    anomalies: verdicts.flatMap(({ anomalies }) => anomalies.map(({ kind, summary }) => ({ kind, summary }))),
    files: all.map(({ file, truncated, operations, verdicts: each }) => ({
      file,
      truncated,
      verdict: worstOf(each),
      operations,
      judgedInSeconds: each.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0),
    })),
  };
  output.result(result);
  return exitStatus[verdict];
}

const noOperations = "the history holds no operations, so there is nothing to judge";
/** What becomes of a history without operations. */
const nothing: Verdict = {
  checker: "history",
  kind: "unknown",
  summary: noOperations,
  anomalies: [{ kind: "vacuous", summary: noOperations }],
};

async function isDirectory(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isDirectory();
  } catch (reason) {
    throw new UsageError(`cannot read ${file}: ${(reason as Error).message}`);
  }
}

function tell({ file, operations, verdicts }: Checked, output: Output): void {
  output.print(`${file}: ${paintVerdict(worstOf(verdicts))}  ${operations} operations`);
  for (const { checker, kind, summary, anomalies } of verdicts) {
    output.print(`  ${paintVerdict(kind)} ${checker}: ${summary}`);
    for (const anomaly of anomalies.slice(0, 3)) output.print(`    ${anomaly.summary}`);
  }
}

const worstOf = (verdicts: readonly Verdict[]): VerdictKind => worst(verdicts.map(({ kind }) => kind));
