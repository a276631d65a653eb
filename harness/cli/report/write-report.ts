import { realpath } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { CallWords } from "../../../checker/model.ts";
import type { Run } from "../../../core/run.ts";
import { renderIndex } from "../../../reports/index-page.ts";
import { renderReport } from "../../../reports/report.ts";
import { workloads } from "../../../workloads/registry.ts";
import type { Workload } from "../../../workloads/workload.ts";
import { readRun, type StoredRun } from "../../record/node-store.ts";
import { writeInside } from "./write-inside.ts";

/** Renders `report.html` of a run directory from its records; resolves with the path of the file. */
export const writeReport = async (dir: string): Promise<string> => writeReportOf(dir, await readRun(dir));

/** Renders `report.html` of a run directory from what was read of it. */
export async function writeReportOf(dir: string, { run, history, usage }: StoredRun): Promise<string> {
  const file = join(dir, "report.html");
  // If `dir` itself is a link, the user meant its target.
  const results = dirname(await realpath(dir));
  await writeInside(results, file, renderReport(run, history, usage, wordsOf(run)));
  return file;
}

/** Words for the operations of a run; empty if its workload is unknown. */
function wordsOf({ workload }: Run): CallWords {
  const known: Readonly<Record<string, Workload>> = workloads;
  return (Object.hasOwn(known, workload) ? known[workload]?.words : undefined) ?? {};
}

/** Writes an index page for the runs of one command, next to their directories; resolves with the path of the file. */
export async function writeIndex(
  results: string,
  runs: readonly { readonly run: Run; readonly report: string }[],
): Promise<string> {
  const first = runs[0];
  const file = join(results, `${first?.run.id ?? "runs"}-and-others.html`);
  const page = renderIndex(runs.map(({ run, report }) => ({ run, href: relative(results, report) })));
  await writeInside(results, file, page);
  return file;
}
