/** The only way in which the server reaches files: records of runs in one results folder, and nothing outside of it. */
import { constants } from "node:fs";
import { type FileHandle, open, readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { UsageError } from "../../../core/errors.ts";

/** Records that are read of a run: all are files in its directory. */
const recordNames = ["run.json", "history.jsonl", "usage.jsonl", "report.html"] as const;
export type RecordName = (typeof recordNames)[number];

/** Something in the results folder leads out of it, or is no plain file. */
export class OutsideError extends Error {}

/** Where a run's records are, as real paths inside the folder. Files that are not there are absent. */
export interface RunPlace {
  /** Real path of its directory. */
  readonly dir: string;
  /** When anything in the directory was created or removed. */
  readonly changedAt: Date;
  readonly files: Readonly<Partial<Record<RecordName, PlacedFile>>>;
  /** Parts of the history of a run whose load goes on; absent if there is no such directory. */
  readonly parts?: readonly PlacedFile[];
}

export interface PlacedFile {
  readonly path: string;
  readonly bytes: number;
  readonly writtenAt: Date;
}

export class ResultsFolder {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  /** Rejects with a UsageError if `results` is no directory. */
  static async open(results: string): Promise<ResultsFolder> {
    const root = await realpath(results).catch(() => undefined);
    if (root === undefined)
      throw new UsageError(
        `${results} is not there: name a directory that holds runs with --results DIR, or make a run with assay bench`,
      );
    if (!(await stat(root)).isDirectory())
      throw new UsageError(`${results} is not a directory: name one that holds runs with --results DIR`);
    return new ResultsFolder(root);
  }

  /** Names of what the folder holds, hidden entries left out. */
  async names(): Promise<string[]> {
    return (await readdir(this.#root)).filter((name) => !name.startsWith("."));
  }

  /**
   * Finds a run by the name of its directory; resolves with undefined if there is no directory of this name. Rejects with an
   * OutsideError if the directory or one of its records is a symbolic link to outside of the folder, or no plain file.
   */
  async find(id: string): Promise<RunPlace | undefined> {
    if (!isName(id)) return undefined;
    const dir = await this.#inside(join(this.#root, id));
    if (dir === undefined || dir === this.#root) return undefined;
    const about = await stat(dir);
    if (!about.isDirectory()) return undefined;
    const found = await Promise.all(
      recordNames.map(async (name) => [name, await this.#file(join(dir, name))] as const),
    );
    const parts = await this.#parts(dir);
    return {
      dir,
      changedAt: about.mtime,
      files: Object.fromEntries(found.filter(([, file]) => file !== undefined)),
      ...(parts !== undefined && { parts }),
    };
  }

  async #parts(dir: string): Promise<readonly PlacedFile[] | undefined> {
    const parts = await this.#inside(join(dir, "parts"));
    if (parts === undefined) return undefined;
    try {
      const names = (await readdir(parts)).sort();
      const files = await Promise.all(names.map((name) => this.#file(join(parts, name))));
      return files.filter((file) => file !== undefined);
    } catch (reason) {
      // The parts are gone once the history is whole.
      if (isMissing(reason)) return undefined;
      throw reason;
    }
  }

  async #file(path: string): Promise<PlacedFile | undefined> {
    const real = await this.#inside(path);
    if (real === undefined) return undefined;
    try {
      const about = await stat(real);
      if (!about.isFile()) throw new OutsideError(`${nameOf(path)} is not a plain file, so it is not read`);
      return { path: real, bytes: about.size, writtenAt: about.mtime };
    } catch (reason) {
      if (isMissing(reason)) return undefined;
      throw reason;
    }
  }

  /** The real path of what is inside; undefined if nothing is there. */
  async #inside(path: string): Promise<string | undefined> {
    try {
      const real = await realpath(path);
      if (real === this.#root || real.startsWith(this.#root + sep)) return real;
    } catch (reason) {
      if (isMissing(reason)) return undefined;
      throw new OutsideError(`${nameOf(path)} cannot be reached (${(reason as NodeJS.ErrnoException).code})`);
    }
    throw new OutsideError(
      `${nameOf(path)} is a symbolic link to outside of the results folder, so it is not read`,
    );
  }
}

/** Opens a placed file. A link or a pipe that took its place in the meantime is an error, and nothing is waited for. */
export const openPlaced = ({ path }: Pick<PlacedFile, "path">): Promise<FileHandle> =>
  open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);

/** Whether `id` can name an entry of a directory. */
const isName = (id: string): boolean => id !== "" && id !== "." && id !== ".." && !/[/\\\0]/.test(id);

const isMissing = (reason: unknown): boolean =>
  ["ENOENT", "ENOTDIR"].includes((reason as NodeJS.ErrnoException).code ?? "");

const nameOf = (path: string): string => join(basename(dirname(path)), basename(path));
