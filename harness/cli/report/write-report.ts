import { realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CallWords } from "../../../checker/model.ts";
import type { Run } from "../../../core/run.ts";
import { type Digest, digestOf } from "../../../reports/comparison/digest.ts";
import { type RenderedReport, reportOf } from "../../../reports/report.ts";
import { workloads } from "../../../workloads/registry.ts";
import type { Workload } from "../../../workloads/workload.ts";
import { readRun, type StoredRun } from "../../record/node-store.ts";
import { judgeStored } from "../ci/thresholds.ts";
import { type Reported, writeAt } from "./compare.ts";
import { writeInside } from "./write-inside.ts";

/** Renders the report of a run directory from its records as its `report.html`. */
export const writeReport = async (dir: string): Promise<Reported> => writeReportOf(dir, await readRun(dir));

/**
 * Renders the report of a run directory from what was read of it, as its `report.html` or as `out`; resolves with its path,
 * and with what a comparison needs of the run.
 */
export async function writeReportOf(dir: string, stored: StoredRun, out?: string): Promise<Reported> {
  const report = out ?? join(dir, "report.html");
  const { page, digest, figures } = renderStored(stored);
  // If `dir` itself is a link, the user meant its target.
  if (out === undefined) await writeInside(dirname(await realpath(dir)), report, page);
  else await writeAt(out, page);
  return { report, digest, figures };
}

/** The report's page of what was read of a run, and what a comparison needs of the run. */
export function renderStored({
  run,
  history,
  usage,
}: StoredRun): RenderedReport & { readonly digest: Digest } {
  const digest = digestOf(run, history, usage);
  const { studies } = digest;
  const more = { thresholds: judgeStored(run, digest), studies };
  return { digest, ...reportOf(run, history, usage, wordsOf(run), more) };
}

/** Words for the operations of a run; empty if its workload is unknown. */
function wordsOf({ workload }: Run): CallWords {
  const known: Readonly<Record<string, Workload>> = workloads;
  return (Object.hasOwn(known, workload) ? known[workload]?.words : undefined) ?? {};
}
