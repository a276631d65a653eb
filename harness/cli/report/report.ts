import { realpath } from "node:fs/promises";
import type { Clock } from "../../../core/clock.ts";
import { UsageError } from "../../../core/errors.ts";
import { isRunDirectory } from "../../record/node-store.ts";
import type { Output } from "../output.ts";
import { type Reported, writeComparison } from "./compare.ts";
import { readCompleted } from "./completed.ts";
import { writeReportOf } from "./write-report.ts";

/**
 * `assay report PATH…`: renders the report of each run again from its records, and for several runs a page that compares them.
 * Of several paths, those that hold no run are skipped, and named. `out` is the page to write: the comparison, or the only report.
 */
export async function report(
  paths: readonly string[],
  { out }: { readonly out?: string },
  output: Output,
  clock: Clock,
): Promise<void> {
  const { dirs, skipped } = await runsAmong(paths);
  for (const path of skipped) output.note(`skipped ${path}: not a run directory (it has no run.json)`);
  await refuseRepeated(dirs);
  const runs: Reported[] = [];
  for (const dir of dirs) {
    const written = await writeReportOf(
      dir,
      await readCompleted(dir, clock),
      dirs.length === 1 ? out : undefined,
    );
    output.print(written.report);
    runs.push(written);
  }
  const comparison = runs.length > 1 ? await writeComparison(runs, out) : undefined;
  if (comparison !== undefined) output.print(comparison);
  output.result({
    reports: runs.map((run) => run.report),
    ...(comparison !== undefined && { comparison }),
    ...(skipped.length > 0 && { skipped }),
  });
}

/** `results/*` also names pages that compare runs, and directories of runs that never began. */
async function runsAmong(
  paths: readonly string[],
): Promise<{ readonly dirs: readonly string[]; readonly skipped: readonly string[] }> {
  const [dirs, skipped]: [string[], string[]] = [[], []];
  for (const path of paths) ((await isRunDirectory(path)) ? dirs : skipped).push(path);
  if (dirs.length > 0) return { dirs, skipped };
  const [first] = skipped;
  throw new UsageError(
    skipped.length === 1
      ? `${first} is not a run directory: it has no run.json`
      : `none of the ${skipped.length} paths is a run directory: ${first} and the others have no run.json`,
  );
}

/** One run given twice would look like two that agree. */
export async function refuseRepeated(dirs: readonly string[]): Promise<void> {
  const seen = new Map<string, string>();
  for (const dir of dirs) {
    const path = await realpath(dir).catch(() => dir);
    const before = seen.get(path);
    if (before !== undefined) throw new UsageError(`${dir} is the same run as ${before}: give each run once`);
    seen.set(path, dir);
  }
}
