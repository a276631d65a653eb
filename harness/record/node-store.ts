/** Run directories on disk. */
import { createWriteStream, type WriteStream } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { finished } from "node:stream/promises";
import { encodeEvent, HistoryDecoder } from "../../core/codec/history-codec.ts";
import { UsageError } from "../../core/errors.ts";
import type { History, HistoryEvent } from "../../core/history.ts";
import type { Run, UsageSample } from "../../core/run.ts";
import { fileSource, unreadable } from "./file-source.ts";
import { HeapGuard } from "./heap-guard.ts";
import { mergeParts } from "./merge-parts.ts";
import { decodeRun, decodeUsage } from "./run-codec.ts";
import type { RunDirectory, RunStore } from "./store.ts";

const historyName = "history.jsonl";
const runName = "run.json";
const partsName = "parts";
/** The part of the harness' own process. */
const ownPart = "harness";

/** Creates run directories below `results`, and `results` itself if it is missing. */
export const fileRunStore = (results: string): RunStore => ({
  async create(id) {
    for (const missing of await refuseUnwritable(results)) await makeUnlessThere(missing);
    const taken = await makeDirectory(results, id);
    const path = join(results, taken);
    const dataDir = join(path, "data");
    const logDir = join(path, "logs");
    await Promise.all([dataDir, logDir, join(path, partsName)].map((directory) => mkdir(directory)));
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
  readonly #usage: LineFile;
  /** The harness' own part, then the whole history. */
  #history: LineFile;

  constructor(place: Pick<RunDirectory, "id" | "path" | "dataDir" | "logDir">) {
    this.id = place.id;
    this.path = place.path;
    this.dataDir = place.dataDir;
    this.logDir = place.logDir;
    this.#history = new LineFile(this.part(ownPart));
    this.#usage = new LineFile(join(this.path, "usage.jsonl"));
  }

  append(event: HistoryEvent): void {
    this.#history.append(encodeEvent(event));
  }

  part(name: string): string {
    return join(this.path, partsName, `${name}.jsonl`);
  }

  async parts(): Promise<readonly History[]> {
    const own = this.part(ownPart);
    return (await readParts(this.path)).filter(({ file }) => file !== own).map(({ history }) => history);
  }

  async complete(history: History): Promise<void> {
    const [part, file] = [this.#history, join(this.path, historyName)];
    const draft = `${file}.draft`;
    const whole = new LineFile(draft);
    for (const event of history) whole.append(encodeEvent(event));
    this.#history = whole;
    await Promise.all([part.close(), whole.written()]);
    // From this moment on the parts are of no use.
    await rename(draft, file);
    await rm(join(this.path, partsName), { recursive: true, force: true });
  }

  usage(sample: UsageSample): void {
    this.#usage.append(JSON.stringify(sample));
  }

  flush(): void {
    this.#history.flush();
    this.#usage.flush();
  }

  async finish(
    run: Run,
    latencyLog: string,
    distributions: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await Promise.all([this.#history.close(), this.#usage.close()]);
    await writeFile(join(this.path, "latency.hlog"), latencyLog);
    const directory = join(this.path, "latency");
    await mkdir(directory);
    for (const [name, text] of Object.entries(distributions)) await writeFile(join(directory, name), text);
    await this.describe(run);
  }

  async describe(run: Run): Promise<void> {
    const file = join(this.path, runName);
    // Nobody ever reads half of it, however the harness ends.
    await writeFile(`${file}.draft`, `${JSON.stringify(run, null, 2)}\n`);
    await rename(`${file}.draft`, file);
  }
}

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

  /** Resolves when everything so far is in the file. */
  written(): Promise<void> {
    this.flush();
    return new Promise((resolve, reject) =>
      this.#stream.write("", (reason) => (reason == null ? resolve() : reject(reason))),
    );
  }

  async close(): Promise<void> {
    this.flush();
    this.#stream.end();
    await this.#closed;
  }
}

/** Whether a run was recorded in `path`; false for other directories and for files. Rejects with a UsageError if nothing is there. */
export async function isRunDirectory(path: string): Promise<boolean> {
  if (!(await isThere(path))) throw new UsageError(`${path} is not there: expected a run directory`);
  return isThere(join(path, runName));
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
 * Reads a run and its history, the latter in pieces and within `memoryLimitBytes`; of a run that was killed while it loaded, what
 * its processes had recorded. Rejects with a UsageError that names the
 * file if one is missing, malformed or too large.
 */
export async function readRecorded(
  dir: string,
  memoryLimitBytes = Number.POSITIVE_INFINITY,
): Promise<RecordedRun> {
  const file = join(dir, runName);
  if (!(await isThere(file))) throw notRun(dir, runName);
  const run = decodeRun(await readText(file), file);
  const guard = new HeapGuard(memoryLimitBytes);
  if (await isThere(join(dir, historyName)))
    return { run, ...(await readHistory(join(dir, historyName), guard)) };
  const parts = await readParts(dir, guard);
  if (parts.length === 0) throw notRun(dir, historyName);
  const truncated = parts.some((part) => part.truncated);
  return { run, history: mergeParts(parts.map(({ history }) => history)), truncated };
}

const notRun = (dir: string, missing: string): UsageError =>
  new UsageError(`${dir} is not a run directory: ${join(dir, missing)} is missing`);

/** Not as a foreign history: every member comes back as it was written. */
async function readHistory(
  path: string,
  guard?: HeapGuard,
): Promise<{ readonly history: History; readonly truncated: boolean }> {
  const source = await fileSource(path, guard === undefined ? {} : { guard });
  const decoder = new HistoryDecoder(source.file);
  for await (const piece of source.pieces()) decoder.push(piece);
  return decoder.end();
}

interface ReadPart {
  readonly file: string;
  readonly history: History;
  readonly truncated: boolean;
}

/** The parts of a run whose load has not ended, each with its file; none if its history is whole. */
async function readParts(dir: string, guard?: HeapGuard): Promise<readonly ReadPart[]> {
  const parts = join(dir, partsName);
  if ((await isThere(join(dir, historyName))) || !(await isThere(parts))) return [];
  const files = (await readdir(parts)).sort().map((name) => join(parts, name));
  return Promise.all(files.map(async (file) => ({ file, ...(await readHistory(file, guard)) })));
}

/** Reads a run, its history, and the resource usage of its nodes. */
export async function readRun(dir: string): Promise<StoredRun> {
  return { ...(await readRecorded(dir)), usage: await readUsage(dir) };
}

export async function readUsage(dir: string): Promise<UsageSample[]> {
  const file = join(dir, "usage.jsonl");
  return (await isThere(file)) ? decodeUsage(await readText(file), file) : [];
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (reason) {
    throw unreadable(file, reason);
  }
}
