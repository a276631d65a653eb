import { access, stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../../core/errors.ts";
import { unreadable } from "../../record/file-source.ts";
import type { Case, CheckOptions } from "./case.ts";
import { readForeign } from "./foreign.ts";
import { readRunDirectory } from "./run.ts";

/** What a Jepsen store directory may hold its history in, the most telling first. */
const jepsenFiles = ["history.edn", "history.txt", "jepsen.log"].flatMap((name) => [name, `${name}.gz`]);

/** What `path` names: a run directory, a Jepsen store directory, or a file with a history. */
export async function readCase(path: string, options: CheckOptions): Promise<Case> {
  if (!(await isDirectory(path))) return readForeign(path, options);
  if (!(await isRun(path))) {
    for (const name of jepsenFiles)
      if (await isThere(join(path, name))) return readForeign(join(path, name), options);
    if (await isThere(join(path, "test.jepsen"))) {
      throw new UsageError(
        `${path} holds Jepsen's test.jepsen alone, a binary file which is not read: it needs one of ${jepsenFiles.join(", ")}`,
      );
    }
  }
  return readRunDirectory(path, options);
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (reason) {
    throw unreadable(path, reason);
  }
}

const isRun = async (dir: string): Promise<boolean> =>
  (await isThere(join(dir, "run.json"))) || (await isThere(join(dir, "history.jsonl")));

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
