import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { CallWords } from "../../checker/model.ts";
import type { Run } from "../../core/run.ts";
import { renderIndex } from "../../reports/index-page.ts";
import { renderReport } from "../../reports/report.ts";
import { workloads } from "../../workloads/registry.ts";
import type { Workload } from "../../workloads/workload.ts";
import { readRun } from "../record/node-store.ts";

/** Renders `report.html` of a run directory anew from its records; resolves with the file's path. */
export async function writeReport(dir: string): Promise<string> {
  const { run, history, usage } = await readRun(dir);
  const file = join(dir, "report.html");
  await writeFile(file, await renderReport(run, history, usage, wordsOf(run)));
  return file;
}

/** Words for the operations of a run; none where its workload is not known here. */
function wordsOf({ workload }: Run): CallWords {
  const known: Readonly<Record<string, Workload>> = workloads;
  return (Object.hasOwn(known, workload) ? known[workload]?.words : undefined) ?? {};
}

/** One page for several runs of an invocation, beside their directories; resolves with the file's path. */
export async function writeIndex(
  results: string,
  runs: readonly { readonly run: Run; readonly report: string }[],
): Promise<string> {
  const first = runs[0];
  const file = join(results, `${first?.run.id ?? "runs"}-and-others.html`);
  await writeFile(
    file,
    await renderIndex(runs.map(({ run, report }) => ({ run, href: relative(results, report) }))),
  );
  return file;
}
