/** Run directories on disk. */
import { createWriteStream, type WriteStream } from "node:fs";
import { mkdir, mkdtemp, readFile, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { finished } from "node:stream/promises";
import { encodeEvent, HistoryDecoder } from "../../core/codec/history-codec.ts";
import { UsageError } from "../../core/errors.ts";
import type { History } from "../../core/history.ts";
import type { Run, UsageSample } from "../../core/run.ts";
import { fileSource, unreadable } from "./file-source.ts";
import { HeapGuard } from "./heap-guard.ts";
import { decodeRun, decodeUsage } from "./run-codec.ts";
import type { RunDirectory, RunStore } from "./store.ts";

/** Creates run directories below `results`, and `results` itself if it is missing. */
export const fileRunStore = (results: string): RunStore => ({
  async create(id) {
    for (const missing of await refuseUnwritable(results)) await makeUnlessThere(missing);
    const taken = await makeDirectory(results, id);
    const path = join(results, taken);
    const dataDir = join(path, "data");
    const logDir = join(path, "logs");
    await Promise.all([mkdir(dataDir), mkdir(logDir)]);
    return new FileRunDirectory({ id: taken, path, dataDir, logDir });
  },
});

/**
 * Rejects with a UsageError if no run can be stored in `results`, and leaves nothing behind. Resolves with the directories
 * that must still be created for it, outermost first.
 */
export async function refuseUnwritable(results: string): Promise<readonly string[]> {
  const missing: string[] = [];
  try {
    let nearest = resolve(results);
    for (; !(await isThere(nearest)); nearest = dirname(nearest)) missing.unshift(nearest);
    // Permissions do not say it: root may write anywhere, but not below /proc. So try.
    await rmdir(await mkdtemp(join(nearest, ".assay-")));
  } catch (reason) {
    throw new UsageError(
      `cannot write results to ${results} (${(reason as Error).message}): choose a writable directory with --results DIR`,
    );
  }
  return missing;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (reason) {
    const { code } = reason as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw reason;
  }
}

/** Creates one level at a time: Node's recursive `mkdir` spins forever on file systems without directories to make. */
async function makeUnlessThere(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code !== "EEXIST") throw reason;
  }
}

async function makeDirectory(parent: string, id: string): Promise<string> {
  for (let n = 1; ; n++) {
    const name = n === 1 ? id : `${id}-${n}`;
    try {
      await mkdir(join(parent, name));
      return name;
    } catch (reason) {
      if ((reason as NodeJS.ErrnoException).code !== "EEXIST") throw reason;
    }
  }
}

class FileRunDirectory implements RunDirectory {
  readonly id: string;
  readonly path: string;
  readonly dataDir: string;
  readonly logDir: string;
  readonly #history: LineFile;
  readonly #usage: LineFile;

  constructor(place: Pick<RunDirectory, "id" | "path" | "dataDir" | "logDir">) {
    this.id = place.id;
    this.path = place.path;
    this.dataDir = place.dataDir;
    this.logDir = place.logDir;
    this.#history = new LineFile(join(this.path, "history.jsonl"));
    this.#usage = new LineFile(join(this.path, "usage.jsonl"));
  }

  append(event: HistoryEventOf): void {
    this.#history.append(encodeEvent(event));
  }

  usage(sample: UsageSample): void {
    this.#usage.append(JSON.stringify(sample));
  }

  flush(): void {
    this.#history.flush();
    this.#usage.flush();
  }

  async finish(run: Run, latencyLog: string): Promise<void> {
    await Promise.all([this.#history.close(), this.#usage.close()]);
    await writeFile(join(this.path, "latency.hlog"), latencyLog);
    await writeFile(join(this.path, "run.json"), `${JSON.stringify(run, null, 2)}\n`);
  }
}

type HistoryEventOf = Parameters<RunDirectory["append"]>[0];

/** Buffers lines and writes many at a time, so that the load generator does not wait for the disk. */
class LineFile {
  readonly #stream: WriteStream;
  readonly #closed: Promise<void>;
  #lines: string[] = [];

  constructor(path: string) {
    this.#stream = createWriteStream(path);
    this.#closed = finished(this.#stream);
    // Reported when it is awaited, in `close`.
    this.#closed.catch(() => {});
  }

  append(line: string): void {
    this.#lines.push(line);
  }

  flush(): void {
    if (this.#lines.length === 0) return;
    this.#stream.write(`${this.#lines.join("\n")}\n`);
    this.#lines = [];
  }

  async close(): Promise<void> {
    this.flush();
    this.#stream.end();
    await this.#closed;
  }
}

/** The part of a stored run that is checked. */
export interface RecordedRun {
  readonly run: Run;
  readonly history: History;
  /** Whether the last line of the history was cut off and dropped. */
  readonly truncated: boolean;
}

/** Contents of a run directory. */
export interface StoredRun extends RecordedRun {
  /** Empty if usage.jsonl is missing. */
  readonly usage: readonly UsageSample[];
}

/**
 * Reads a run and its history, the latter in pieces and within `memoryLimitBytes`. Rejects with a UsageError that names the
 * file if one is missing, malformed or too large.
 */
export async function readRecorded(
  dir: string,
  memoryLimitBytes = Number.POSITIVE_INFINITY,
): Promise<RecordedRun> {
  const missing = await firstMissing(dir, ["run.json", "history.jsonl"]);
  if (missing !== undefined)
    throw new UsageError(`${dir} is not a run directory: ${join(dir, missing)} is missing`);
  const file = join(dir, "run.json");
  const run = decodeRun(await readText(file), file);
  const guard = new HeapGuard(memoryLimitBytes);
  const source = await fileSource(join(dir, "history.jsonl"), { guard });
  // Not as a foreign history: every member must come back as it was written.
  const decoder = new HistoryDecoder(source.file);
  for await (const piece of source.pieces()) decoder.push(piece);
  return { run, ...decoder.end() };
}

/** Reads a run, its history, and the resource usage of its nodes. */
export async function readRun(dir: string): Promise<StoredRun> {
  return { ...(await readRecorded(dir)), usage: await readUsage(dir) };
}

export async function readUsage(dir: string): Promise<UsageSample[]> {
  const file = join(dir, "usage.jsonl");
  return (await isThere(file)) ? decodeUsage(await readText(file), file) : [];
}

async function firstMissing(dir: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) if (!(await isThere(join(dir, name)))) return name;
  return undefined;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (reason) {
    throw unreadable(file, reason);
  }
}
