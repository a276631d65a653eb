import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Run } from "../../core/run.ts";
import { renderIndex } from "../../reports/index-page.ts";
import { renderReport } from "../../reports/report.ts";
import { readRun } from "../record/node-store.ts";

/** Renders `report.html` of a run directory anew from its records; resolves with the file's path. */
export async function writeReport(dir: string): Promise<string> {
  const { run, history, usage } = await readRun(dir);
  const file = join(dir, "report.html");
  await writeFile(file, await renderReport(run, history, usage));
  return file;
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
