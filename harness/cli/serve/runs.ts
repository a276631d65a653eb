/** The runs of a results folder, and how far each has come. */
import { readFile } from "node:fs/promises";
import type { Clock } from "../../../core/clock.ts";
import { UsageError } from "../../../core/errors.ts";
import type { Run } from "../../../core/run.ts";
import { newestFirst, type RunRow, type RunState, summaryOf } from "../../../reports/runs/row.ts";
import { decodeRun } from "../../record/run-codec.ts";
import { unfinished } from "../../record/store.ts";
import { OutsideError, type PlacedFile, type ResultsFolder, type RunPlace } from "./results-folder.ts";

/** A run that goes on writes several times a second while it is loaded. One that is silent for longer was killed. */
const silentMs = 30_000;
/** Starting a cluster and checking a history write nothing, and may take this long. */
const quietMs = 600_000;

export interface FoundRun {
  readonly row: RunRow;
  readonly place: RunPlace;
  /** Absent while the run starts, and if run.json is unreadable. */
  readonly run?: Run;
}

interface Decoded {
  readonly key: string;
  readonly run?: Run;
  readonly problem?: string;
}

export class Runs {
  readonly #folder: ResultsFolder;
  readonly #clock: Clock;
  /** What each run.json held when it was last read: most never change again. */
  readonly #decoded = new Map<string, Decoded>();

  constructor(folder: ResultsFolder, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** All runs, newest first. What is no run is left out; what cannot be read is listed with the reason. */
  async list(): Promise<RunRow[]> {
    const names = await this.#folder.names();
    const rows: RunRow[] = [];
    for (const name of names) {
      try {
        const found = await this.find(name);
        if (found !== undefined) rows.push(found.row);
      } catch (reason) {
        if (!(reason instanceof OutsideError)) throw reason;
        rows.push({ id: name, state: "unreadable", problem: reason.message });
      }
    }
    return newestFirst(rows);
  }

  /** The run in the directory of this name; undefined if that holds none. Rejects with an OutsideError as `ResultsFolder` does. */
  async find(id: string): Promise<FoundRun | undefined> {
    const place = await this.#folder.find(id);
    if (place === undefined) return undefined;
    const file = place.files["run.json"];
    if (file === undefined) return this.#starting(id, place);
    const { run, problem } = await this.#decode(id, file);
    if (run === undefined)
      return { place, row: { id, state: "unreadable", ...(problem !== undefined && { problem }) } };
    return { place, run, row: { id, state: this.#stateOf(run, place), summary: summaryOf(run) } };
  }

  #starting(id: string, place: RunPlace): FoundRun | undefined {
    const isNew = place.parts !== undefined && this.#msSince(place.changedAt) < quietMs;
    return isNew ? { place, row: { id, state: "starting" } } : undefined;
  }

  #stateOf(run: Run, { files, parts = [] }: RunPlace): RunState {
    if (run.ended !== unfinished) return "ended";
    const written = [files["run.json"], files["history.jsonl"], files["usage.jsonl"], ...parts];
    const silent = Math.min(...written.map((file) => this.#msSince(file?.writtenAt)));
    if (files["history.jsonl"] === undefined) return silent < silentMs ? "running" : "killed";
    return silent < quietMs ? "checking" : "killed";
  }

  #msSince(time: Date | undefined): number {
    return time === undefined ? Number.POSITIVE_INFINITY : this.#clock.date().getTime() - time.getTime();
  }

  async #decode(id: string, { path, bytes, writtenAt }: PlacedFile): Promise<Decoded> {
    const key = `${path} ${bytes} ${writtenAt.getTime()}`;
    const known = this.#decoded.get(id);
    if (known?.key === key) return known;
    const decoded = { key, ...(await decode(path, `${id}/run.json`)) };
    this.#decoded.set(id, decoded);
    return decoded;
  }
}

async function decode(path: string, name: string): Promise<Omit<Decoded, "key">> {
  try {
    return { run: decodeRun(await readFile(path, "utf8"), name) };
  } catch (reason) {
    const { code } = reason as NodeJS.ErrnoException;
    if (reason instanceof UsageError) return { problem: reason.message };
    if (code === undefined) throw reason;
    return { problem: `${name} cannot be read (${code})` };
  }
}
