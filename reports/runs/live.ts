/** What `assay serve` sends of a run that goes on, about once a second; packed as the data of a report is. */
import type { Timeline } from "../charts/timeline.ts";
import type { RunState } from "./row.ts";

export interface LiveRun {
  readonly id: string;
  readonly state: RunState;
  /** Seconds since the load began. */
  readonly elapsed: number;
  /** The history's phase; absent before the first. */
  readonly phase?: string;
  readonly counts: { readonly ok: number; readonly fail: number; readonly info: number };
  /** In the last few seconds; absent before there are any. */
  readonly recent?: Recent;
  /** Absent while nobody leads, and before anybody was asked. */
  readonly leader?: string;
  /** Summaries of the faults that last. */
  readonly faults: readonly string[];
  /** Absent before the load. */
  readonly timeline?: Timeline;
}

export interface Recent {
  /** `ok` operations. */
  readonly perSecond: number;
  /** Response times, microseconds, to 10%; NaN is null in JSON: too few operations. */
  readonly p50: number | null;
  readonly p99: number | null;
}

/** Names of the events of a stream. */
export const liveEvents = {
  /** A LiveRun. */
  run: "run",
  /** All runs of the stream have ended: nothing more comes. */
  end: "end",
  /** The list of runs is another than before. */
  list: "list",
} as const;
