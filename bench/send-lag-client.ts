/**
 * The load worker of send-lag.ts: an open loop of one checkout's clients, as in a run, with its part of the history in a file.
 * Its argument is the checkout. Answers each order with how late it sent its operations, and what it spent its time on.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PerformanceObserver } from "node:perf_hooks";
import { pathToFileURL } from "node:url";
import { build } from "hdr-histogram-js";
import type { Endpoint } from "../adapters/adapter.ts";
import type * as Registry from "../adapters/registry.ts";
import { sleep } from "../core/clock.ts";
import type { HistoryEvent } from "../core/history.ts";
import { createRandom } from "../core/random.ts";
import type * as RealClock from "../core/real-clock.ts";
import { nanos, seconds, toMillis } from "../core/time.ts";
import type * as Group from "../harness/load/client-group.ts";
import type * as Priority from "../harness/load/workers/priority.ts";
import type * as Part from "../harness/record/part-file.ts";
import type * as Recording from "../harness/record/recorder.ts";
import type * as Registered from "../workloads/registry.ts";
import { testRun } from "../workloads/testing/run.ts";
import { wholeLoad } from "../workloads/workload.ts";

export interface Order {
  readonly system: string;
  readonly endpoints: readonly Endpoint[];
  readonly rate: number;
  readonly seconds: number;
}

/** All but counts in milliseconds. */
export interface Measurement {
  readonly sent: number;
  readonly lagP50: number;
  readonly lagP99: number;
  readonly lagMax: number;
  readonly cpu: number;
  readonly gc: number;
  /** In which the main thread could run and another was running. */
  readonly runnable: number;
  readonly writing: number;
  readonly longestWrite: number;
  readonly utilization: number;
}

const checkout = process.argv[2] ?? "";
const load = (path: string) => import(pathToFileURL(join(checkout, path)).href);
const { adapters } = (await load("adapters/registry.ts")) as typeof Registry;
const { workloads } = (await load("workloads/registry.ts")) as typeof Registered;
const { ClientGroup } = (await load("harness/load/client-group.ts")) as typeof Group;
const { PartFile } = (await load("harness/record/part-file.ts")) as typeof Part;
const { Recorder } = (await load("harness/record/recorder.ts")) as typeof Recording;
const { realClock } = (await load("core/real-clock.ts")) as typeof RealClock;

const priority = "harness/load/workers/priority.ts";
// A checkout from before workers had a priority has none.
if (existsSync(join(checkout, priority))) ((await load(priority)) as typeof Priority).raisePriority();

const clock = realClock();

async function measure(order: Order): Promise<Measurement> {
  const scratch = mkdtempSync("lag-");
  const part = new PartFile(join(scratch, "w1.jsonl"));
  const lag = build();
  const writes = { total: 0, longest: 0 };
  const append = (event: HistoryEvent): void => {
    if (event.type === "invoke")
      lag.recordValue(Math.round((event.time - (event.intended ?? event.time)) / 1000));
    const before = clock.now();
    part.append(event);
    const took = toMillis(nanos(clock.now() - before));
    writes.total += took;
    writes.longest = Math.max(writes.longest, took);
  };
  const recorder = new Recorder(clock, append, false);
  const group = new ClientGroup({
    clock,
    adapter: adapters[order.system as keyof typeof adapters],
    workload: workloads.register,
    run: testRun({
      nodes: order.endpoints.map(({ node }) => node),
      readMode: adapters[order.system as keyof typeof adapters].defaultReadMode,
    }),
    endpoints: order.endpoints,
    connect: { timeoutMs: 1000, clock },
    load: { kind: "open", rate: order.rate, processes: 500, seconds: order.seconds },
    opened: 12,
    random: createRandom(1),
    share: wholeLoad,
    recorder,
    onError: (reason) => {
      throw reason;
    },
  });
  let gc = 0;
  const collections = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) gc += duration;
  });
  collections.observe({ entryTypes: ["gc"] });
  await group.open();
  const [cpu, loop, waited] = [process.cpuUsage(), performance.eventLoopUtilization(), waitedMs()];
  const begin = clock.now();
  recorder.begin(begin);
  group.start(begin);
  await sleep(clock, seconds(order.seconds));
  const { user, system } = process.cpuUsage(cpu);
  const { utilization } = performance.eventLoopUtilization(loop);
  const runnable = waitedMs() - waited;
  await group.stop();
  await group.close();
  collections.disconnect();
  part.close();
  rmSync(scratch, { recursive: true });
  return {
    sent: lag.totalCount,
    lagP50: lag.getValueAtPercentile(50) / 1000,
    lagP99: lag.getValueAtPercentile(99) / 1000,
    lagMax: lag.maxValue / 1000,
    cpu: (user + system) / 1000,
    gc,
    runnable,
    writing: writes.total,
    longestWrite: writes.longest,
    utilization,
  };
}

const waitedMs = (): number => Number(readFileSync("/proc/self/schedstat", "utf8").split(" ")[1]) / 1e6;

process.on("message", async (order: Order) => process.send?.(await measure(order)));
