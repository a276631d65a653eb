import { realClock } from "../../../core/real-clock.ts";
import type { CheckOptions } from "../check/case.ts";
import { check } from "../check/check.ts";
import type { Output } from "../output.ts";
import type { CheckResult } from "../results/json-result.ts";

/** Runs `assay check` on one file; returns its output, notes, JSON result and exit status. */
export async function checked(file: string, options: CheckOptions) {
  const printed: string[] = [];
  const notes: string[] = [];
  const results: CheckResult[] = [];
  const output: Output = {
    json: false,
    print: (line = "") => {
      printed.push(line);
    },
    result: (value) => {
      results.push(value as CheckResult);
    },
    note: (line) => {
      notes.push(line);
    },
    live: () => {},
  };
  const status = await check([file], options, realClock(), output);
  return { status, text: printed.join("\n"), notes: notes.join("\n"), result: results[0] };
}
