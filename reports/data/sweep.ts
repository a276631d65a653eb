/** What a cluster does at one rate after the other: the throughput-latency curve, and its knee. */
import { lagShareOfP99 } from "../../core/load/client-limit.ts";
import { type Beyond, lowLoadP99, whyBeyond } from "../../core/load/knee.ts";
import { isSweep } from "../../core/load/rate.ts";
import type { Operation } from "../../core/op.ts";
import type { Load, UnsentSpan } from "../../core/run.ts";
import { type Nanos, nanos, seconds } from "../../core/time.ts";
import { isError } from "./errors.ts";
import { firstFrom, timed } from "./measure.ts";
import { figuresIn } from "./phases.ts";

/** One rate of a sweep. Latency is response time of `ok` operations, in microseconds. */
export interface SweepStep {
  /** Operations per second that were requested. */
  readonly rate: number;
  /** `ok` answers per second, by when they came. */
  readonly okPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Share of the requested operations that was sent and answered `ok`, 0 to 1. */
  readonly done: number;
  /** Share of the answered operations that failed, or whose outcome nobody knows, 0 to 1; failures that are answers count as none. */
  readonly errors: number;
  /** Why the rate is beyond the knee; absent if it is not. */
  readonly beyond?: Beyond;
  /** Whether the load generator was late by so much that the p99 may be its own. */
  readonly isClientLimited: boolean;
}

export interface Sweep {
  /** Ascending. */
  readonly steps: readonly SweepStep[];
  /** The highest rate that the cluster bore, with all below it; undefined if it bore not even the lowest. */
  readonly knee?: SweepStep;
}

/** The first part of each step belongs to the step before: its backlog, and caches that must grow. */
const settling = 0.2;

/** Makes the curve of a load of level steps that rise. Undefined for any other load. */
export function sweepOf(
  load: Load,
  operations: readonly Operation[],
  unsent: readonly UnsentSpan[],
  end: Nanos,
): Sweep | undefined {
  if (!isSweep(load)) return undefined;
  const meant = timed(operations, "response");
  const answers = Float64Array.from(
    operations.flatMap(({ outcome, completedAt }) => (outcome.type === "ok" ? [completedAt] : [])),
  ).sort();
  const refused = timed(operations.filter(isRefused), "response");
  const length = load.seconds / load.parts.length;
  const measured = load.parts.map(({ from: rate }, i): SweepStep => {
    const period = { from: at((i + settling) * length), to: at((i + 1) * length) };
    const figures = figuresIn(meant, [period], end);
    const notAnError = figuresIn(refused, [period], end).fail;
    const lasted = length * (1 - settling);
    const sent = figures.ok + figures.fail + figures.info;
    const missed = unsent.filter((span) => isIn(span.at, period)).reduce((sum, span) => sum + span.count, 0);
    const done = (figures.ok + notAnError) / Math.max(1, sent + missed);
    const errors = (figures.fail - notAnError + figures.info) / Math.max(1, sent);
    return {
      rate,
      okPerSecond: (firstFrom(answers, period.to) - firstFrom(answers, period.from)) / lasted,
      p50: figures.p50,
      p99: figures.p99,
      done,
      errors,
      isClientLimited: lagP99(operations, period) > figures.p99 * lagShareOfP99,
    };
  });
  const low = lowLoadP99(measured.map(({ p99 }) => p99));
  const steps = measured.map((step): SweepStep => {
    const beyond = whyBeyond(step, low);
    return beyond === undefined ? step : { ...step, beyond };
  });
  const first = steps.findIndex(({ beyond }) => beyond !== undefined);
  const knee = steps[(first < 0 ? steps.length : first) - 1];
  return { steps, ...(knee !== undefined && { knee }) };
}

/** 99th percentile of how late operations were sent that were due in a period, in microseconds. */
function lagP99(operations: readonly Operation[], period: Period): number {
  const late = operations
    .flatMap(({ intendedAt, invokedAt }) =>
      intendedAt !== undefined && isIn(intendedAt, period) ? [invokedAt - intendedAt] : [],
    )
    .sort((one, other) => one - other);
  return (late[Math.ceil(late.length * 0.99) - 1] ?? 0) / 1000;
}

const at = (second: number): Nanos => nanos(Math.round(seconds(second)));

interface Period {
  readonly from: number;
  readonly to: number;
}

const isIn = (time: number, { from, to }: Period): boolean => time >= from && time < to;

/** Whether an operation failed as an answer does: a comparison that was refused, a key that is not there. */
const isRefused = (operation: Operation): boolean => operation.outcome.type === "fail" && !isError(operation);
