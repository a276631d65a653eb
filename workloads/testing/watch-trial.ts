import type { MemoryBug } from "../../adapters/memory/bugs.ts";
import type { Run } from "../../core/run.ts";
import { TestTrial } from "../../harness/testing/trial.ts";
import { watch } from "../watch.ts";

interface Options {
  readonly seed?: number;
  readonly bugs?: readonly MemoryBug[];
  readonly nemeses?: readonly string[];
  readonly workloadOptions?: Readonly<Record<string, number>>;
}

/** A short trial of the in-memory system with the workload `watch`, under faults. */
export function watchTrial({
  seed = 1,
  bugs = [],
  nemeses = ["partition-follower", "kill-leader"],
  workloadOptions = {},
}: Options) {
  return new TestTrial({
    nemeses,
    spec: {
      seed,
      load: { kind: "open", rate: 100, processes: 30, seconds: 10 },
      workloadOptions,
      faultSeconds: { min: 1, max: 2 },
      gapSeconds: { min: 1, max: 2 },
    },
    memory: { bugs },
    deps: { workload: watch },
  });
}

/** Checkers whose promise was broken. */
export const broken = ({ verdicts }: Run) =>
  verdicts.filter(({ kind }) => kind === "invalid").map(({ checker }) => checker);
/** What all checkers found, a line each. */
export const sentences = ({ verdicts }: Run) =>
  verdicts.flatMap(({ anomalies }) => anomalies.map(({ summary }) => summary)).join("\n");
