import { readlink, realpath, writeFile } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { UsageError } from "../../../core/errors.ts";

/** A chain of links that is longer than this is a circle. */
const mostLinks = 40;

/**
 * Writes `file`, which may be a symbolic link, but none to outside of `dir`: a results directory that came from elsewhere
 * must not make a command write over other files. A UsageError where it would, or where the file cannot be written.
 */
export async function writeInside(dir: string, file: string, text: string): Promise<void> {
  try {
    const target = await targetOf(file);
    const way = relative(await realpath(dir), target);
    if (way === ".." || way.startsWith("../") || isAbsolute(way)) {
      throw new UsageError(
        `${file} is a symbolic link that leads out of ${dir}, to ${target}: remove it, and try again`,
      );
    }
    await writeFile(target, text);
  } catch (reason) {
    if (reason instanceof UsageError) throw reason;
    throw new UsageError(`cannot write ${file}: ${(reason as Error).message}`);
  }
}

/** Where `file` would be written, which need not be there: its directory's real path, and links followed by hand. */
async function targetOf(file: string): Promise<string> {
  let path = resolve(file);
  for (let links = 0; links < mostLinks; links++) {
    path = join(await realpath(dirname(path)), basename(path));
    const next = await linkOf(path);
    if (next === undefined) return path;
    path = resolve(dirname(path), next);
  }
  throw new UsageError(`${file} is a symbolic link that leads to itself: remove it, and try again`);
}

/** Where a symbolic link points; undefined of what is none. */
async function linkOf(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (reason) {
    const { code } = reason as NodeJS.ErrnoException;
    if (code === "EINVAL" || code === "ENOENT") return undefined;
    throw reason;
  }
}
