/**
 * Storage of a run's records: `results/<time>-<system>-<workload>-<seed>/` with run.json, history.jsonl, latency.hlog,
 * usage.jsonl and logs/. The history is appended during the run, so that a killed harness leaves a file that can be checked.
 */
import type { HistoryEvent } from "../../core/history.ts";
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
  /** Appends an event; buffered until `flush`. */
  append(event: HistoryEvent): void;
  usage(sample: UsageSample): void;
  /** Writes what is buffered; called several times a second. */
  flush(): void;
  /** Writes latency.hlog and run.json, which completes the run. Resolves when everything is written. */
  finish(run: Run, latencyLog: string): Promise<void>;
}
