/** How the load generator fared, and the rule for when it, and not the system, set the figures. */
import type { FaultWindow } from "../../core/fault.ts";
import { busyEventLoop, lagShareOfP99 } from "../../core/load/client-limit.ts";
import type { Operation } from "../../core/op.ts";
import { type ClientHealth, isOfLoad, type LatencySummary, type WorkerHealth } from "../../core/run.ts";
import { summarizeLatency } from "../load/latency.ts";
import type { LoadSummary } from "../load/summary.ts";
import { isDisturbed } from "./judge.ts";

/** A capacity above this share of the ceiling is that of the clients. */
const ceilingShare = 0.8;
/** Least count of operations whose p99 is one. */
const enoughForP99 = 100;
/** A worker that waited for a processor for more than this share of the load is worth a word. */
const longWait = 0.05;

/** Operations per second of a closed loop: what was reached, and what the clients reach against a null server. */
export interface Capacity {
  readonly reached: number;
  readonly ceiling: number;
}

/** Latencies that reports show of the load: of all of it, and of what was due while the cluster was healthy. */
export function reportedLatency(
  measured: readonly Operation[],
  faults: readonly FaultWindow[],
  load?: Pick<LoadSummary, "stride" | "loadProcesses">,
): LatencySummary[] {
  const { stride, loadProcesses: processes } = load ?? { stride: 1, loadProcesses: 0 };
  const mine =
    processes === 0 ? measured : measured.filter(({ process }) => isOfLoad(process, { stride, processes }));
  const healthy = mine.filter(({ intendedAt, invokedAt }) => !isDisturbed(intendedAt ?? invokedAt, faults));
  return [...summarizeLatency(mine), ...summarizeLatency(healthy)];
}

/** Health of the load generator after a load: that of its worst worker, and whether it limited the figures. */
export function clientHealth(
  workers: readonly WorkerHealth[],
  latency: readonly LatencySummary[],
  capacity?: Capacity,
): ClientHealth {
  const worst = (figure: "sendLagMsP99" | "eventLoopUtilization" | "gcMs") =>
    Math.max(0, ...workers.map((worker) => worker[figure]));
  const sendLagMsP99 = worst("sendLagMsP99");
  const eventLoopUtilization = worst("eventLoopUtilization");
  const limited =
    ceilingWords(capacity) ??
    busyWords(eventLoopUtilization) ??
    lateWords(sendLagMsP99, latency.filter(isReported));
  return {
    sendLagMsP99,
    eventLoopUtilization,
    gcMs: worst("gcMs"),
    ...(limited !== undefined && { limited: limited + waitWords(workers) + eachWorker(workers) }),
    ...(capacity !== undefined && { ceiling: capacity.ceiling }),
    workers,
  };
}

const ceilingWords = (capacity: Capacity | undefined): string | undefined =>
  capacity !== undefined && capacity.reached > capacity.ceiling * ceilingShare
    ? `${Math.round(capacity.reached)} operations/s were answered, and the clients alone reached ${Math.round(capacity.ceiling)}/s, against a server that answers at once`
    : undefined;

const busyWords = (utilization: number): string | undefined =>
  utilization > busyEventLoop
    ? `the load generator's event loop was ${Math.round(utilization * 100)}% busy`
    : undefined;

/** Latencies that a reader takes for the system's. */
const isReported = ({ outcome, measure, count }: LatencySummary): boolean =>
  outcome === "ok" && measure === "response" && count >= enoughForP99;

/**
 * The lag is held against the lowest p99 that is reported: the run has one label, and a generator that is late by a tenth of
 * any figure has spoilt that figure. Response time contains the lag, so a lag that dominates cannot hide.
 */
function lateWords(sendLagMsP99: number, reported: readonly LatencySummary[]): string | undefined {
  const [lowest] = reported.toSorted((a, b) => a.p99 - b.p99);
  if (lowest === undefined || sendLagMsP99 <= (lagShareOfP99 * lowest.p99) / 1000) return undefined;
  return `the load generator sent operations ${sendLagMsP99.toFixed(1)} ms late (p99), more than a tenth of the ${(lowest.p99 / 1000).toFixed(1)} ms of a ${lowest.f} (p99)`;
}

/** What kept the generator from its work, if others took the processors. */
function waitWords(workers: readonly WorkerHealth[]): string {
  const wait = Math.max(0, ...workers.map(({ waitShare = 0 }) => waitShare));
  return wait > longWait ? `; it waited for a processor ${Math.round(wait * 100)}% of the time` : "";
}

/** The figures of each, where there are several. */
function eachWorker(workers: readonly WorkerHealth[]): string {
  if (workers.length < 2) return "";
  const words = workers.map(
    ({ sendLagMsP99, eventLoopUtilization }, i) =>
      `w${i + 1} ${Math.round(eventLoopUtilization * 100)}% busy, ${sendLagMsP99.toFixed(1)} ms late`,
  );
  return ` (${words.join("; ")})`;
}
