/**
 * Storage of a run's records: `results/<time>-<system>-<workload>-<seed>/` with run.json, history.jsonl, latency.hlog,
 * latency/, usage.jsonl and logs/. While the load lasts, the history is in parts/, one file for each process that records; they are
 * appended live, so that a run whose harness was killed can be checked.
 */
import type { History, HistoryEvent } from "../../core/history.ts";
import type { Run, UsageSample } from "../../core/run.ts";

export interface RunStore {
  /** Creates the directory of a run; adds a number if `id` is taken. */
  create(id: string): Promise<RunDirectory>;
}

export interface RunDirectory {
  /** Name of the directory. */
  readonly id: string;
  readonly path: string;
  /** Directory for the nodes' data, removed with the cluster. */
  readonly dataDir: string;
  readonly logDir: string;
  /** Appends an event; buffered until `flush`. Before `complete` it is one of the harness' own part. */
  append(event: HistoryEvent): void;
  /** File of another process' part. */
  part(name: string): string;
  /** The parts of the other processes. */
  parts(): Promise<readonly History[]>;
  /** Replaces all parts by the whole history so far. What is appended after the call follows it. */
  complete(history: History): Promise<void>;
  usage(sample: UsageSample): void;
  /** Writes what is buffered; called several times a second. */
  flush(): void;
  /** Writes run.json as it is now, for the case that the run never ends. */
  describe(run: Run): Promise<void>;
  /**
   * Writes latency.hlog, the distributions (text by file name) to latency/, and run.json, which completes the run. Resolves when
   * everything is written.
   */
  finish(run: Run, latencyLog: string, distributions?: Readonly<Record<string, string>>): Promise<void>;
}

/** `ended` in run.json while the run goes on. It stays if the harness is killed. */
export const unfinished = "it was killed while it ran";
