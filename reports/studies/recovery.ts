/**
 * Whether a loaded cluster comes back by itself after a fault. What keeps it down once the cause is gone is its own load: a queue
 * of requests that nobody waits for any more, and the retries of them (a metastable failure).
 */

import { isAnswer } from "../../core/errors.ts";
import { requestedUntil } from "../../core/load/rate.ts";
import type { Operation } from "../../core/op.ts";
import type { OpenLoad, Run } from "../../core/run.ts";
import { firstFrom, quantile, startOf, timed } from "../data/measure.ts";
import { formatDuration } from "../numbers.ts";
import { isAskedFor } from "./names.ts";
import type { Studied } from "./study.ts";

export interface Recovery {
  /** What struck: `pause leader n1`. */
  readonly fault: string;
  /** How long it lasted. */
  readonly faultSeconds: number;
  /** Operations per second that were requested. */
  readonly rate: number;
  /** The rate in percent of the knee, as it was asked for; absent if it was not. */
  readonly share?: string;
  readonly kneeRate?: number;
  /** Whether the load generator set the knee. */
  readonly kneeClientLimited?: true;
  /** How often a client asked again. */
  readonly retries: number;
  /** Response time before the fault, microseconds. */
  readonly healthyP99: number;
  /** Operations for each request that was due. */
  readonly operationsPerRequest: number;
  /**
   * Seconds from the end of the fault until the cluster was back for `recoveryRule.seconds`. `overloaded`: it did not bear the
   * load before the fault; `never`: not while it was watched.
   */
  readonly recovered: number | "overloaded" | "never";
  /** Seconds from the end of the fault to the last request. */
  readonly watched: number;
}

/** A cluster is back when this share of what is requested succeeds, with this multiple of the healthy p99 at most, for so long. */
export const recoveryRule = { succeeded: 0.95, slowdown: 5, seconds: 3 } as const;
/** Caches and connections come first. */
const settlingSeconds = 2;
const stepSeconds = 0.1;

export type RecoveryInput = Pick<Studied, "operations" | "faults"> & {
  readonly run: Pick<Run, "load" | "calibration" | "options">;
};

/**
 * Undefined unless a level open load was struck once, with a proven effect, and watched before and after; and unless it was in
 * percent of a knee, or with retries, or `--study recovery` asked for it.
 */
export function recoveryOf({ run, operations, faults }: RecoveryInput): Recovery | undefined {
  const { load, calibration } = run;
  const [fault, ...more] = faults;
  if (load.kind !== "open" || load.parts !== undefined) return undefined;
  if (fault?.proof === undefined || more.length > 0) return undefined;
  const { retries = 0 } = load;
  if (calibration?.kneeRate === undefined && retries === 0 && !isAskedFor(run, "recovery")) return undefined;
  const requests = requestsOf(load, operations);
  const [from, to] = [fault.from / 1e9, fault.to / 1e9];
  const watched = requests.last - to;
  if (from < settlingSeconds + recoveryRule.seconds || watched < recoveryRule.seconds) return undefined;
  const before = requests.within(settlingSeconds, from);
  const justBefore = requests.within(from - recoveryRule.seconds, from);
  const isBorne = isBack(
    justBefore,
    requests.within(settlingSeconds, settlingSeconds + recoveryRule.seconds).p99,
  );
  return {
    fault: fault.summary,
    faultSeconds: to - from,
    rate: load.rate,
    ...(calibration?.shares !== undefined && { share: calibration.shares }),
    ...(calibration?.kneeRate !== undefined && { kneeRate: calibration.kneeRate }),
    ...(calibration?.kneeClientLimited === true && { kneeClientLimited: true as const }),
    retries,
    healthyP99: before.p99,
    operationsPerRequest: operations.length / Math.max(1, requestedUntil(load, requests.last)),
    recovered: isBorne ? firstBack(requests, { to, p99: before.p99 }) : "overloaded",
    watched,
  };
}

interface Window {
  /** Share of what was requested that succeeded. */
  readonly succeeded: number;
  /** Microseconds. */
  readonly p99: number;
}

interface Requests {
  /** Second in which the last one was due. */
  readonly last: number;
  /** Requests that were due from one second to another. */
  within(from: number, to: number): Window;
}

/** A request succeeds once, however often it is asked again; its response time counts from when it was due. */
function requestsOf(load: OpenLoad, operations: readonly Operation[]): Requests {
  const succeeded = timed(
    operations.filter(({ outcome }) => outcome.type === "ok" || isAnswer(outcome.error.code)),
    "response",
  );
  const last =
    operations.reduce((latest, operation) => Math.max(latest, startOf(operation, "response")), 0) / 1e9;
  return {
    last,
    within(from, to) {
      const [first, end] = [from, to].map((second) => firstFrom(succeeded.starts, second * 1e9)) as [
        number,
        number,
      ];
      const times = succeeded.operations
        .slice(first, end)
        .map((operation) => (operation.completedAt - startOf(operation, "response")) / 1e3);
      return {
        succeeded: times.length / Math.max(1, requestedUntil(load, to) - requestedUntil(load, from)),
        p99: quantile(Float64Array.from(times).sort(), 0.99),
      };
    },
  };
}

/** Not a number if nothing succeeded: then it is not back. */
const isBack = ({ succeeded, p99 }: Window, healthyP99: number): boolean =>
  succeeded >= recoveryRule.succeeded && p99 <= healthyP99 * recoveryRule.slowdown;

function firstBack(
  requests: Requests,
  { to, p99 }: { readonly to: number; readonly p99: number },
): number | "never" {
  for (let step = 0; ; step++) {
    const from = to + step * stepSeconds;
    if (from + recoveryRule.seconds > requests.last) return "never";
    if (isBack(requests.within(from, from + recoveryRule.seconds), p99)) return step * stepSeconds;
  }
}

/** `4.2 s`, `never (watched 30 s)`, `overloaded before the fault` */
export const recoveryWords = ({ recovered, watched }: Pick<Recovery, "recovered" | "watched">): string =>
  recovered === "overloaded"
    ? "overloaded before the fault"
    : recovered === "never"
      ? `never (watched ${Math.floor(watched)} s)`
      : `${recovered.toFixed(1)} s`;

/** The same as a sentence about one run. */
export function recoverySentence({ fault, faultSeconds, recovered, watched }: Recovery): string {
  const what = `the fault (${fault}, ${formatDuration(faultSeconds)})`;
  if (recovered === "overloaded")
    return `The load was too much even before ${what}, so the run says nothing about recovery.`;
  if (recovered === 0) return `The cluster was back as soon as ${what} had ended.`;
  return recovered === "never"
    ? `The cluster did not recover while it was watched, for ${Math.floor(watched)} s after the end of ${what}.`
    : `The cluster recovered by itself ${recovered.toFixed(1)} s after the end of ${what}.`;
}
