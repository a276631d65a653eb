/** `assay compare A… -- B…`: whether B is faster than A, slower, or not distinguishable from it. */
import { realpath } from "node:fs/promises";
import { dirname, relative } from "node:path";
import type { Clock } from "../../../core/clock.ts";
import { UsageError } from "../../../core/errors.ts";
import { digestOf, type RunDigest } from "../../../reports/comparison/digest.ts";
import { renderVersus } from "../../../reports/versus/page.ts";
import { withPower } from "../../../reports/versus/power.ts";
import { versus } from "../../../reports/versus/versus.ts";
import type { Output } from "../output.ts";
import { linkTo, writeAt } from "../report/compare.ts";
import { readCompleted } from "../report/completed.ts";
import { refuseRepeated } from "../report/report.ts";
import { compareResult } from "./compare-result.ts";
import { versusText } from "./text.ts";

export interface CompareOptions {
  /** Run directories of side B. */
  readonly against?: readonly string[];
  /** The page to write. */
  readonly out?: string;
}

/** Compares the stored runs of two sides; prints a table, and writes a page if `out` names one. */
export async function compare(
  dirs: readonly string[],
  { against = [], out }: CompareOptions,
  output: Output,
  clock: Clock,
): Promise<void> {
  if (against.length === 0)
    throw new UsageError(
      "compare needs run directories of two sides, with -- between them: assay compare results/old* -- results/new*",
    );
  await refuseRepeated([...dirs, ...against]);
  const place = out === undefined ? "." : dirname(out);
  // One at a time: a history may fill much of the memory, and its digest is small.
  const read = async (side: readonly string[]) => {
    const digests: RunDigest[] = [];
    for (const dir of side) digests.push(await digestFrom(dir, place, clock));
    return digests;
  };
  const [a, b] = [await read(dirs), await read(against)];
  const judged = withPower(versus(a, b));
  for (const one of judged) output.print(`${versusText(one)}\n`);
  if (out !== undefined) {
    await writeAt(out, renderVersus(judged));
    output.print(`page: ${out}`);
  }
  output.result(compareResult(judged, out));
}

async function digestFrom(dir: string, place: string, clock: Clock): Promise<RunDigest> {
  const { run, history, usage } = await readCompleted(dir, clock);
  const there = await realpath(place).catch(() => place);
  return {
    ...digestOf(run, history, usage),
    href: linkTo(relative(there, `${await realpath(dir)}/report.html`)),
  };
}
