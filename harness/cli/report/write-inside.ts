import { readlink, realpath, writeFile } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { UsageError } from "../../../core/errors.ts";

/** A longer chain of links is a loop. */
const mostLinks = 40;

/**
 * Writes `file`, which may be a symbolic link, but not to outside of `dir`: a results directory from elsewhere must not
 * make a command overwrite other files. A UsageError if it would, or if the file cannot be written.
 */
export async function writeInside(dir: string, file: string, text: string): Promise<void> {
  try {
    const target = await targetOf(file);
    const way = relative(await realpath(dir), target);
    if (way === ".." || way.startsWith("../") || isAbsolute(way)) {
      throw new UsageError(
        `${file} is a symbolic link to ${target}, outside of ${dir}: remove it and try again`,
      );
    }
    await writeFile(target, text);
  } catch (reason) {
    if (reason instanceof UsageError) throw reason;
    throw new UsageError(`cannot write ${file}: ${(reason as Error).message}`);
  }
}

/** Resolves the path that writing `file` would write to, whether or not it exists yet. */
async function targetOf(file: string): Promise<string> {
  let path = resolve(file);
  for (let links = 0; links < mostLinks; links++) {
    path = join(await realpath(dirname(path)), basename(path));
    const next = await linkOf(path);
    if (next === undefined) return path;
    path = resolve(dirname(path), next);
  }
  throw new UsageError(`${file} is a symbolic link that leads to itself: remove it and try again`);
}

/** Target of a symbolic link; undefined if the path is not one. */
async function linkOf(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (reason) {
    const { code } = reason as NodeJS.ErrnoException;
    if (code === "EINVAL" || code === "ENOENT") return undefined;
    throw reason;
  }
}
