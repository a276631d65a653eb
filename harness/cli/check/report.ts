import { access, constants, mkdtemp, realpath, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UsageError } from "../../../core/errors.ts";
import type { OutcomeCounts } from "../../../core/run.ts";
import { renderHistoryReport } from "../../../reports/history-report.ts";
import { renderReport } from "../../../reports/report.ts";
import { readUsage } from "../../record/node-store.ts";
import { quoted } from "../command-line.ts";
import { assayVersion } from "../machine.ts";
import type { CheckOptions, Judged } from "./case.ts";

/** Writes the page of what was judged; resolves with the file's path. */
export type SaveReport = (judged: Judged) => Promise<string>;

/**
 * What will save the report as `options.report`. Rejects with a UsageError where that cannot be written, before anything is
 * judged; so does the saving, later. What the file held stays until the page is there as a whole.
 */
export async function preparedReport(file: string, options: CheckOptions): Promise<SaveReport> {
  const target = await writable(file);
  return async (judged) => {
    const page = await pageOf(judged, options);
    try {
      await (target.isPlain ? replace(target.path, page) : writeFile(target.path, page));
    } catch (reason) {
      throw unwritable(file, reason);
    }
    return file;
  };
}

interface Target {
  /** Links followed. */
  readonly path: string;
  /** Whether it is a file, or nothing yet: what can be replaced by another. A pipe or a device cannot. */
  readonly isPlain: boolean;
}

async function writable(file: string): Promise<Target> {
  try {
    const path = await realpath(file).catch((reason: NodeJS.ErrnoException) => {
      if (reason.code === "ENOENT") return undefined;
      throw reason;
    });
    if (path !== undefined) {
      const found = await stat(path);
      if (found.isDirectory()) throw new Error("it is a directory");
      await access(path, constants.W_OK);
      if (!found.isFile()) return { path, isPlain: false };
    }
    const target = path ?? join(await realpath(dirname(file)), basename(file));
    // Only trying tells: root may write anywhere, and cannot below /proc.
    await rmdir(await mkdtemp(join(dirname(target), ".assay-")));
    return { path: target, isPlain: true };
  } catch (reason) {
    throw unwritable(file, reason);
  }
}

/** Another file takes the place of the old one, which a full disk would leave empty. */
async function replace(path: string, page: string): Promise<void> {
  const room = await mkdtemp(join(dirname(path), ".assay-"));
  try {
    await writeFile(join(room, "report.html"), page);
    await rename(join(room, "report.html"), path);
  } finally {
    await rm(room, { recursive: true, force: true });
  }
}

const unwritable = (file: string, reason: unknown): UsageError =>
  new UsageError(`--report ${file}: cannot be written (${(reason as Error).message})`);

async function pageOf(judged: Judged, options: CheckOptions): Promise<string> {
  const { history, run, verdict, verdicts, understood, file, words, hint } = judged;
  if (run !== undefined)
    return renderReport({ ...run, verdict, verdicts }, history, await readUsage(file), words);
  const { format, model = "none", keys, notes, operations } = understood;
  return renderHistoryReport(
    {
      verdict,
      verdicts,
      file,
      format,
      model,
      keys,
      notes: hint === undefined ? notes : [...notes, hint],
      operations: summed(Object.values(operations)),
      command: repeatCheck(judged, options),
      assay: await assayVersion(),
    },
    history,
    words,
  );
}

const summed = (counts: readonly OutcomeCounts[]): OutcomeCounts => ({
  ok: counts.reduce((sum, { ok }) => sum + ok, 0),
  fail: counts.reduce((sum, { fail }) => sum + fail, 0),
  info: counts.reduce((sum, { info }) => sum + info, 0),
});

/** The command that judges the history as it was judged here, with what was found out by itself named. */
function repeatCheck({ file, understood }: Judged, { initial, fail, whole }: CheckOptions): string {
  const { model, format } = understood;
  const words = ["check", file, "--format", format];
  if (model !== undefined) words.push("--model", model);
  if (initial !== undefined) words.push("--initial", initial);
  if (fail !== undefined) words.push("--fail", fail);
  if (whole) words.push("--whole");
  return `npm run assay -- ${words.map(quoted).join(" ")}`;
}
