/** Studies that a run has only if it was asked for them: its load alone does not say so. */
import type { Run } from "../../core/run.ts";

export const askedStudies = ["check-perf", "dbtester", "aging", "recovery"] as const;
export type AskedStudy = (typeof askedStudies)[number];

/** Whether `--study` named it. */
export function isAskedFor({ options: { study } }: Pick<Run, "options">, name: AskedStudy): boolean {
  return Array.isArray(study) && study.includes(name);
}
