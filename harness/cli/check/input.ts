import { access, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UsageError } from "../../../core/errors.ts";
import { either } from "../../../core/wording.ts";
import { unreadable } from "../../record/file-source.ts";
import type { Case, CheckOptions } from "./case.ts";
import { readForeign } from "./foreign.ts";

/** History files of a Jepsen store directory, best first. */
const jepsenFiles = ["history.edn", "history.txt", "jepsen.log"].flatMap((name) => [name, `${name}.gz`]);

/** Reads what `path` names: a run directory, a Jepsen store directory, or a history file. */
export async function readCase(path: string, options: CheckOptions): Promise<Case> {
  if (!(await isDirectory(path))) return readForeign(path, options);
  if (await isHistoryOnly(path)) {
    throw new UsageError(
      `${path} has no run.json. To check the history alone: assay check ${join(path, "history.jsonl")}`,
    );
  }
  if (!(await isThere(join(path, "run.json")))) {
    for (const name of jepsenFiles)
      if (await isThere(join(path, name))) return readForeign(join(path, name), options);
    if (await isThere(join(path, "test.jepsen"))) {
      throw new UsageError(
        `${path} has only Jepsen's binary test.jepsen, which assay cannot read: expected ${either(jepsenFiles)}`,
      );
    }
  }
  // A history file needs no system and no workload.
  const { readRunDirectory } = await import("./run.ts");
  return readRunDirectory(path, options);
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (reason) {
    const dir = dirname(path);
    if (basename(path) === "history.jsonl" && (await isThere(join(dir, "run.json")))) {
      throw new UsageError(`the run was killed before its history was in one file: assay check ${dir}`);
    }
    throw unreadable(path, reason);
  }
}

const isHistoryOnly = async (dir: string): Promise<boolean> =>
  !(await isThere(join(dir, "run.json"))) && (await isThere(join(dir, "history.jsonl")));

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
