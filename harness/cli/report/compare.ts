/** The page that compares several runs. */
import { realpath, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { UsageError } from "../../../core/errors.ts";
import type { Digest } from "../../../reports/comparison/digest.ts";
import { renderComparison } from "../../../reports/comparison/page.ts";
import type { RunFigures } from "../../../reports/data/run-figures.ts";
import { writeInside } from "./write-inside.ts";

/** A run's digest, the path of its report, and the figures in it. */
export interface Reported {
  readonly report: string;
  readonly digest: Digest;
  readonly figures: RunFigures;
}

/** Writes the comparison to `out`, or next to the directory of the first run; resolves with the path of the file. */
export async function writeComparison(runs: readonly Reported[], out?: string): Promise<string> {
  const first = dirname(runs[0]?.report ?? "");
  const results = dirname(await realpath(first));
  const file = out ?? join(dirname(first), `${basename(resolve(first))}-and-others.html`);
  const place = await realpath(dirname(file)).catch((reason: Error) => {
    throw new UsageError(`cannot write ${file}: ${reason.message}`);
  });
  const digests = await Promise.all(
    runs.map(async ({ report, digest }) => ({
      ...digest,
      href: linkTo(relative(place, await realpath(report))),
    })),
  );
  const page = renderComparison(digests);
  if (out === undefined) await writeInside(results, file, page);
  else await writeAt(out, page);
  return file;
}

/** Writes a file that the user named. */
export async function writeAt(file: string, page: string): Promise<void> {
  try {
    await writeFile(file, page);
  } catch (reason) {
    throw new UsageError(`cannot write --out ${file}: ${(reason as Error).message}`);
  }
}

/** Address of a file, relative to the page: names may hold characters that mean something in an address. */
export const linkTo = (path: string): string => path.split("/").map(encodeURIComponent).join("/");
