/** Thresholds of `--fail-if`: parsed before anything runs, judged at the end. */
import pc from "picocolors";
import { UsageError } from "../../../core/errors.ts";
import type { Run } from "../../../core/run.ts";
import type { Digest } from "../../../reports/comparison/digest.ts";
import { parseThreshold, type Threshold } from "../../../reports/thresholds/grammar.ts";
import { type Judgement, judgeThreshold } from "../../../reports/thresholds/judge.ts";
import { workloads } from "../../../workloads/registry.ts";
import type { Workload } from "../../../workloads/workload.ts";
import type { BenchResult } from "../results/json-result.ts";

/** Operations that only some options of a workload add. */
const optional = ["delete", "remove"] as const;

/** Names of operations that a history may have. */
const operationNames = (): string[] => {
  const all: readonly Workload[] = Object.values(workloads);
  return [...new Set([...all.flatMap(({ needs }) => Object.keys(needs)), ...optional])].sort();
};

export const parseThresholds = (texts: readonly string[]): Threshold[] => {
  const names = operationNames();
  return texts.map((text) => parseThreshold(text, names));
};

/** Judges a stored run by the thresholds that it was run with; those that this version does not understand are left out. */
export function judgeStored(run: Run, digest: Digest): Judgement[] {
  const { failIf } = run.options;
  const names = operationNames();
  return (Array.isArray(failIf) ? (failIf as readonly string[]) : []).flatMap((text) => {
    try {
      return judgeThreshold(parseThreshold(text, names), digest);
    } catch (reason) {
      if (reason instanceof UsageError) return [];
      throw reason;
    }
  });
}

/** The thresholds that failed in any run, for the end of a command of several runs. */
export const failedLines = ({ thresholds }: BenchResult): string[] =>
  thresholds
    .filter(({ state }) => state !== "passed")
    .map(
      ({ text, system, seed, sentence }) =>
        `${pc.red("FAILED")} ${text} (${system}, seed ${seed}): ${sentence}`,
    );

/** `FAILED write.p99 > 50ms: write.p99 is 61.2 ms, …`; of what passed, too. */
export function thresholdLine({ threshold, state, sentence }: Judgement): string {
  const words = { failed: pc.red("FAILED"), "no-data": pc.red("NO DATA"), passed: pc.green("passed") }[state];
  return `${words} ${threshold.text}: ${sentence}`;
}
