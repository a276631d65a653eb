/** What dbtester measured, and what it left out: capacity by a closed loop, errors, latency at a fixed rate, what it costs. */
import { errorsOf } from "../data/errors.ts";
import { quantile, tookMicros } from "../data/measure.ts";
import { okPerSecond } from "../data/run-figures.ts";
import { isAskedFor } from "./names.ts";
import type { Studied } from "./study.ts";

/** One run of a workload. Microseconds, bytes; NaN is not known. */
export interface Dbtester {
  readonly workload: string;
  /** `closed`: capacity. `open`: latency. */
  readonly load: "closed" | "open";
  readonly clients: number;
  /** Operations per second that were requested; NaN in a closed loop. */
  readonly rate: number;
  readonly okPerSecond: number;
  /** Operations per second of the same clients against a server that answers at once; NaN in an open loop. */
  readonly ceiling: number;
  /** Operations that failed or have no known outcome, and all that were sent. */
  readonly errors: number;
  readonly operations: number;
  /** Operations of an open loop that were due and never sent. */
  readonly unsent: number;
  /** Response times of all `ok` operations; in a closed loop those are clients by throughput, and no figure of a user. */
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly cpuMsPerThousand: number;
  readonly peakMemory: number;
  readonly diskPerThousand: number;
}

/** Fewer `ok` operations have no p99.9. */
const enoughForP999 = 10_000;
const enoughForP99 = 100;

export function dbtesterOf({ run, operations, cost, end }: Studied): Dbtester | undefined {
  if (!isAskedFor(run, "dbtester")) return undefined;
  const { load, client, unsent = [] } = run;
  const ok = operations.filter(({ outcome }) => outcome.type === "ok");
  const times = Float64Array.from(ok, (operation) => tookMicros(operation, "response", end)).sort();
  const from = (least: number, share: number) => (times.length < least ? Number.NaN : quantile(times, share));
  return {
    workload: run.workload,
    load: load.kind,
    clients: load.processes,
    rate: load.kind === "open" ? load.rate : Number.NaN,
    okPerSecond: okPerSecond(operations),
    ceiling: client.ceiling ?? Number.NaN,
    ...errorsOf(operations),
    unsent: unsent.reduce((sum, span) => sum + span.count, 0),
    p50: quantile(times, 0.5),
    p99: from(enoughForP99, 0.99),
    p999: from(enoughForP999, 0.999),
    max: times.at(-1) ?? Number.NaN,
    cpuMsPerThousand: cost?.cpuMsPerThousand ?? Number.NaN,
    peakMemory: cost?.peakMemory ?? Number.NaN,
    diskPerThousand: cost?.diskPerThousand ?? Number.NaN,
  };
}
