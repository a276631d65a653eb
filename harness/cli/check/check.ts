import { availableParallelism } from "node:os";
import { runCheckers } from "../../../checker/run-checkers.ts";
import { nodeWorkers } from "../../../checker/threads/node-workers.ts";
import type { Clock } from "../../../core/clock.ts";
import { exitStatus, UsageError } from "../../../core/errors.ts";
import { inRunMode } from "../../../core/history.ts";
import { printable } from "../../../core/printable.ts";
import { toSeconds } from "../../../core/time.ts";
import { type Verdict, type VerdictKind, worst } from "../../../core/verdict.ts";
import { count } from "../../../core/wording.ts";
import { type Output, paintVerdict } from "../output.ts";
import type { CheckResult } from "../results/json-result.ts";
import type { Case, CheckOptions, Judged } from "./case.ts";
import { readCase } from "./input.ts";
import { describeUnderstood } from "./understood.ts";

/**
 * `assay check FILE…`: checks run directories and history files. All are read first: if one cannot be read, none is
 * checked. Resolves with the exit status of the worst verdict.
 */
export async function check(
  files: readonly string[],
  options: CheckOptions,
  clock: Clock,
  output: Output,
): Promise<number> {
  const started = clock.now();
  const saveReport = await reportOf(files, options);
  const cases: Case[] = [];
  for (const file of files) cases.push(await readCase(file, options));
  const all: Judged[] = [];
  for (const each of cases) {
    const judged = await judge(each, options, clock);
    printJudged(judged, output);
    all.push(judged);
  }
  const verdict = worst(all.map((judged) => judged.verdict));
  const result = resultOf(all, verdict, toSeconds(clock.now()) - toSeconds(started));
  try {
    const report = saveReport && (await saveReport(all[0] as Judged));
    if (report !== undefined) output.print(`  report: ${report}`);
    const whole: CheckResult = { ...result, ...(report !== undefined && { report }) };
    output.result(whole);
  } catch (reason) {
    // The verdicts are printed even if the report cannot be written.
    output.result(result);
    throw reason;
  }
  return exitStatus[verdict];
}

/** Prepares to save the report, if one was asked for. Rejects before anything is read if it could not be written. */
async function reportOf(files: readonly string[], options: CheckOptions) {
  const { report } = options;
  if (report === undefined) return undefined;
  if (files.length > 1) throw new UsageError("--report covers one history: check the files one at a time");
  const { preparedReport } = await import("./report.ts");
  return preparedReport(report, options);
}

/** Runs the checkers of a case. */
export async function judge(
  given: Case,
  options: Pick<CheckOptions, "timeLimit" | "memoryLimit">,
  clock: Clock,
): Promise<Judged> {
  const { history, checkers, promises, known } = given;
  const operations = history.filter((event) => event.type === "invoke" && inRunMode(event)).length;
  const again =
    operations === 0
      ? [nothing]
      : await runCheckers(checkers, history, {
          promises,
          threads: availableParallelism(),
          workers: nodeWorkers,
          timeLimitSeconds: options.timeLimit,
          memoryLimitBytes: options.memoryLimit * 2 ** 20,
          now: () => toSeconds(clock.now()),
        });
  const verdicts = [
    ...again,
    ...known.filter(({ checker }) => again.every((each) => each.checker !== checker)),
  ];
  const verdict = worst(verdicts.map(({ kind }) => kind));
  const hint = verdict === "invalid" ? given.hintOf?.() : undefined;
  return { ...given, operations, verdicts, verdict, ...(hint !== undefined && { hint }) };
}

const noOperations = "the history has no operations, so there is nothing to judge";
/** Verdict for a history without operations. */
const nothing: Verdict = {
  checker: "history",
  kind: "unknown",
  summary: noOperations,
  anomalies: [{ kind: "too-few-operations", summary: noOperations }],
};

function printJudged(judged: Judged, output: Output): void {
  const { file, truncated, operations, verdicts, verdict, understood, hint } = judged;
  if (truncated) output.note(`${printable(file)}: the last line was cut off and is ignored`);
  output.print(`${printable(file)}: ${paintVerdict(verdict)}  ${count(operations, "operation")}`);
  output.print(`  ${printable(describeUnderstood(understood))}`);
  for (const { checker, kind, summary, anomalies } of verdicts) {
    output.print(`  ${paintVerdict(kind)} ${checker}: ${printable(summary)}`);
    // A verdict's summary is often that of its first anomaly.
    for (const anomaly of anomalies.filter((one) => one.summary !== summary).slice(0, 3))
      output.print(`    ${printable(anomaly.summary)}`);
  }
  if (hint !== undefined) output.print(`  hint: ${printable(hint)}`);
}

const resultOf = (all: readonly Judged[], verdict: VerdictKind, seconds: number): CheckResult => ({
  verdict,
  operations: all.reduce((sum, { operations }) => sum + operations, 0),
  seconds,
  anomalies: all.flatMap(({ verdicts }) =>
    verdicts.flatMap(({ anomalies }) => anomalies.map(({ kind, summary }) => ({ kind, summary }))),
  ),
  files: all.map((judged) => ({
    file: judged.file,
    truncated: judged.truncated,
    verdict: judged.verdict,
    operations: judged.operations,
    understood: judged.understood,
    ...(judged.hint !== undefined && { hint: judged.hint }),
    judgedInSeconds: judged.verdicts.reduce((sum, each) => sum + (each.seconds ?? 0), 0),
  })),
});
