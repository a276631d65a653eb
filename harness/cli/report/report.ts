import type { Clock } from "../../../core/clock.ts";
import type { Output } from "../output.ts";
import { readCompleted } from "./completed.ts";
import { writeReportOf } from "./write-report.ts";

/** `assay report DIR…`: renders the report of each run again from its records. */
export async function report(dirs: readonly string[], output: Output, clock: Clock): Promise<void> {
  const reports: string[] = [];
  for (const dir of dirs) {
    const file = await writeReportOf(dir, await readCompleted(dir, clock));
    output.print(file);
    reports.push(file);
  }
  output.result({ reports });
}
