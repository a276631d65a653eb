/** What `assay bench` prints for people: each run as it ends, and all of them at the end. */
import { measuredStaleness } from "../../../checker/reads/measured-staleness.ts";
import type { Run } from "../../../core/run.ts";
import { knownLimits } from "../../../core/verdict.ts";
import { duration } from "../../../core/wording.ts";
import { connectionWords, sentPerSecond, speedCaveat, targetWords } from "../../../reports/data/speed.ts";
import { failedLines } from "../ci/thresholds.ts";
import { type Output, paintVerdict, table } from "../output.ts";
import { failoverLines } from "../results/failover-lines.ts";
import type { BenchResult, Finished } from "../results/json-result.ts";
import { describeStale, staleByFault } from "../results/stale-by-fault.ts";
import { studyLines } from "../results/study-lines.ts";
import type { Reported } from "./compare.ts";

/** Prints what a run came to. */
export function printRun(run: Run, { report, digest }: Reported, output: Output): void {
  const { ok, fail, info } = run.operations;
  output.print(
    `${run.system.name}: ${verdictCell(run)}  ${ok} ok, ${fail} fail, ${info} unknown in ${run.seconds.toFixed(1)} s`,
  );
  for (const verdict of run.verdicts) {
    output.print(`  ${paintVerdict(verdict.kind)} ${verdict.checker}: ${verdict.summary}`);
    for (const anomaly of verdict.anomalies.slice(0, 3))
      output.print(`    ${anomaly.limit === undefined ? "" : "known limit: "}${anomaly.summary}`);
  }
  for (const line of speedLines(run)) output.print(`  ${line}`);
  for (const line of staleByFault(run).map(describeStale)) output.print(`  ${line}`);
  for (const lines of [failoverLines(digest), ...studyLines(digest.studies)])
    if (lines !== "") output.print(lines.replaceAll(/^/gm, "  "));
  output.print(`  report: ${report}`);
  output.print(`  repeat: ${run.command}`);
}

/** How fast it was, and what that says about the system. */
function speedLines(run: Run): string[] {
  const sent = sentPerSecond(run);
  if (sent === undefined) return [];
  const { ceiling } = run.client;
  const caveat = speedCaveat(run);
  const speed = `speed: ${sent.toFixed(1)} operations/s`;
  return [
    `${speed}${ceiling === undefined ? "" : `, client ceiling ${Math.round(ceiling)}/s`}`,
    ...(run.target === undefined ? [] : [`clients: at ${targetWords(run.target)}`]),
    ...(run.connections === undefined ? [] : [`clients: ${connectionWords(run.connections)}`]),
    ...(caveat === undefined ? [] : [`${caveat.kind}: ${caveat.why}`]),
  ];
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

/** Prints a table of several runs, after the thresholds that failed; under `--json`, the result. */
export function summarise(finished: readonly Finished[], result: BenchResult, output: Output): void {
  output.result(result);
  if (finished.length < 2) return;
  for (const line of failedLines(result)) output.print(line);
  output.print(
    table(
      ["system", "version", "runtime", "workload", "read mode", "verdict", "ok", "fail", "unknown", "report"],
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
