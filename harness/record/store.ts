/**
 * Where a run's records go: `results/<time>-<system>-<workload>-<seed>/` with run.json, history.jsonl, latency.hlog,
 * usage.jsonl and logs/. The history is appended while the run goes on, so that a harness that was killed leaves a file
 * that can be checked.
 */
import type { HistoryEvent } from "../../core/history.ts";
import type { Run, UsageSample } from "../../core/run.ts";

export interface RunStore {
  /** Makes the directory of a run; where `id` is taken, a number is added. */
  create(id: string): Promise<RunDirectory>;
}

export interface RunDirectory {
  /** The directory's name. */
  readonly id: string;
  readonly path: string;
  /** For the nodes' data: removed with the cluster. */
  readonly dataDir: string;
  readonly logDir: string;
  /** Buffered until `flush`. */
  append(event: HistoryEvent): void;
  usage(sample: UsageSample): void;
  /** Hands what is buffered to the operating system; called several times a second. */
  flush(): void;
  /** Writes latency.hlog and run.json; the run is complete with it. Resolves when all is written. */
  finish(run: Run, latencyLog: string): Promise<void>;
}
