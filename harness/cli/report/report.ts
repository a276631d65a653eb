import type { Output } from "../output.ts";
import { writeReport } from "./write-report.ts";

/** `assay report DIR…`: renders the report of each run again from its records. */
export async function report(dirs: readonly string[], output: Output): Promise<void> {
  const reports: string[] = [];
  for (const dir of dirs) {
    const file = await writeReport(dir);
    output.print(file);
    reports.push(file);
  }
  output.result({ reports });
}
