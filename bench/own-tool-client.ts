/**
 * Assay's side of own-tool-cost.ts, in a process of its own: a closed loop of one checkout's clients, as in a load worker,
 * with its part of the history in a file. Its argument is the checkout. Answers each order with what it cost this process.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Endpoint } from "../adapters/adapter.ts";
import type * as Registry from "../adapters/registry.ts";
import { sleep } from "../core/clock.ts";
import { createRandom } from "../core/random.ts";
import type * as RealClock from "../core/real-clock.ts";
import { millis } from "../core/time.ts";
import type * as Group from "../harness/load/client-group.ts";
import type * as Part from "../harness/record/part-file.ts";
import type * as Recording from "../harness/record/recorder.ts";
import type * as Registered from "../workloads/registry.ts";
import { testRun } from "../workloads/testing/run.ts";
import { wholeLoad } from "../workloads/workload.ts";

export interface Order {
  readonly system: string;
  readonly workload: "put" | "get";
  readonly readMode: string;
  readonly endpoints: readonly Endpoint[];
  readonly clients: number;
  /** Connections to each node that the clients share; absent: each has its own. */
  readonly connections?: number;
  /** Operations that are measured, after as many that warm up. */
  readonly operations: number;
  readonly keys: number;
  readonly valueBytes: number;
}

export interface Measurement {
  /** Operations that succeeded. */
  readonly done: number;
  /** Processor time of the whole process, user and system, its own collecting of garbage included. */
  readonly cpuSeconds: number;
}

const checkout = process.argv[2] ?? "";
const load = (path: string) => import(pathToFileURL(join(checkout, path)).href);
const { adapters } = (await load("adapters/registry.ts")) as typeof Registry;
const { workloads } = (await load("workloads/registry.ts")) as typeof Registered;
const { ClientGroup } = (await load("harness/load/client-group.ts")) as typeof Group;
const { PartFile } = (await load("harness/record/part-file.ts")) as typeof Part;
const { Recorder } = (await load("harness/record/recorder.ts")) as typeof Recording;
const { realClock } = (await load("core/real-clock.ts")) as typeof RealClock;

const clock = realClock();
const checkEvery = millis(20);

async function measure(order: Order): Promise<Measurement> {
  const scratch = mkdtempSync(join(tmpdir(), "own-tool-"));
  const part = new PartFile(join(scratch, "w1.jsonl"));
  const recorder = new Recorder(clock, (event) => part.append(event), false);
  const group = new ClientGroup({
    clock,
    adapter: adapters[order.system as keyof typeof adapters],
    workload: workloads[order.workload],
    run: testRun({
      readMode: order.readMode,
      nodes: order.endpoints.map(({ node }) => node),
      keyPrefix: "cost-",
      options: { keys: order.keys, "key-size": 32, "value-size": order.valueBytes },
    }),
    endpoints: order.endpoints,
    connect: { clock, timeoutMs: 5000 },
    connections: order.connections,
    load: { kind: "closed", processes: order.clients, seconds: 0 },
    opened: order.clients,
    random: createRandom(1),
    share: wholeLoad,
    recorder,
    onError: (reason) => {
      throw reason;
    },
  });
  try {
    await group.open();
    recorder.begin();
    group.start(clock.now());
    while (group.succeeded < order.operations) await sleep(clock, checkEvery);
    const [before, begin] = [group.succeeded, process.cpuUsage()];
    while (group.succeeded < before + order.operations) await sleep(clock, checkEvery);
    const { user, system } = process.cpuUsage(begin);
    const done = group.succeeded - before;
    await group.stop();
    await group.close();
    return { done, cpuSeconds: (user + system) / 1e6 };
  } finally {
    part.close();
    rmSync(scratch, { recursive: true });
  }
}

process.on("message", async (order: Order) => process.send?.(await measure(order)));
