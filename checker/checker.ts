import type { Consistency } from "../core/consistency.ts";
import type { History } from "../core/history.ts";
import type { Verdict } from "../core/verdict.ts";
import type { Workers } from "./threads/workers.ts";

/** What a checker may know about the run, in addition to its history. */
export interface RunContext {
  /** What the run's read mode promises: the verdict is relative to it. */
  readonly promises: Consistency;
  /** How many parts of a check may run at the same time. 1: in this thread only. */
  readonly threads: number;
  /** Threads that judge parts; absent: this thread judges all of them. */
  readonly workers?: Workers;
  /** Seconds; a check that would take longer is `unknown`. */
  readonly timeLimitSeconds: number;
  /** Bytes of memory that a check may hold; one that would need more is `unknown`. */
  readonly memoryLimitBytes: number;
  /** Monotonic seconds, for the time limit. */
  now(): number;
}

/** Judges a history. Pure: the same history and context give the same verdict, unless a limit is reached. */
export interface Checker {
  readonly name: string;
  check(history: History, context: RunContext): Verdict | Promise<Verdict>;
}
