import { access, constants, mkdtemp, realpath, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UsageError } from "../../../core/errors.ts";
import type { OutcomeCounts } from "../../../core/run.ts";
import { renderHistoryReport } from "../../../reports/history-report.ts";
import { renderReport } from "../../../reports/report.ts";
import { readUsage } from "../../record/node-store.ts";
import { assayVersion } from "../machine.ts";
import { quoted } from "../options/command-line.ts";
import type { CheckOptions, Judged } from "./case.ts";

/** Writes the report of a checked history; resolves with the path of the file. */
export type SaveReport = (judged: Judged) => Promise<string>;

/**
 * Returns a function that saves the report as `options.report`. Rejects with a UsageError if that cannot be written, before
 * anything is checked; so does the saving, later. The old file stays until the new one is complete.
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
  /** Path with symbolic links followed. */
  readonly path: string;
  /** Whether this is a regular file or nothing yet, so that it can be replaced by a rename. A pipe or a device cannot. */
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
    // Permissions do not say it: root may write anywhere, but not below /proc. So try.
    await rmdir(await mkdtemp(join(dirname(target), ".assay-")));
    return { path: target, isPlain: true };
  } catch (reason) {
    throw unwritable(file, reason);
  }
}

/** Replaces the file by a rename; overwriting it in place would leave it empty if the disk is full. */
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
  new UsageError(`cannot write --report ${file}: ${(reason as Error).message}`);

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

/** Command that repeats this check, with everything that was detected spelled out. */
function repeatCheck({ file, understood }: Judged, { initial, fail, whole }: CheckOptions): string {
  const { model, format } = understood;
  const words = ["check", file, "--format", format];
  if (model !== undefined) words.push("--model", model);
  if (initial !== undefined) words.push("--initial", initial);
  if (fail !== undefined) words.push("--fail", fail);
  if (whole) words.push("--whole");
  return `npm run assay -- ${words.map(quoted).join(" ")}`;
}
