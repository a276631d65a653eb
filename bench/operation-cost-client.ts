/**
 * The clients of operation-cost.ts, in a process of their own. Its argument is the checkout whose adapters are measured.
 * Answers each order with what it cost this process, except for the first connections and the last closes.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Adapter, Endpoint } from "../adapters/adapter.ts";
import type { ClientWith } from "../adapters/client/client.ts";
import { type Clock, sleep } from "../core/clock.ts";
import { realClock } from "../core/real-clock.ts";
import { millis, type Nanos, nanos, seconds } from "../core/time.ts";

export type Order = {
  readonly system: string;
  readonly endpoints: readonly Endpoint[];
  readonly clients: number;
  readonly seconds: number;
} & ({ readonly kind: "closed" | "polls" } | { readonly kind: "open"; readonly rate: number });

export interface Measurement {
  /** Processor time of the whole process, its own collecting of garbage included. */
  readonly cpuMs: number;
  /** Operations or polls. */
  readonly done: number;
  readonly failed: number;
  readonly seconds: number;
  /** Share of the time in which the event loop was busy. */
  readonly utilization: number;
}

const clock: Clock = realClock();
const options = { clock, timeoutMs: 5000 };
const keys = 100;
/** Interval at which the harness asks, too. */
const pollEvery = millis(200);

class Tally {
  done = 0;
  failed = 0;

  async count(work: Promise<unknown>): Promise<void> {
    try {
      await work;
      this.done++;
    } catch {
      this.failed++;
    }
  }
}

async function measured(tally: Tally, work: () => Promise<void>): Promise<Measurement> {
  const [begin, cpu, loop] = [clock.now(), process.cpuUsage(), performance.eventLoopUtilization()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return {
    cpuMs: (user + system) / 1000,
    done: tally.done,
    failed: tally.failed,
    seconds: (clock.now() - begin) / 1e9,
    utilization: performance.eventLoopUtilization(loop).utilization,
  };
}

async function load(adapter: Adapter, order: Order): Promise<Measurement> {
  const clients = await Promise.all(
    Array.from({ length: order.clients }, (_, i) =>
      adapter.connect(order.endpoints[i % order.endpoints.length] as Endpoint, ["kv"], options),
    ),
  );
  const tally = new Tally();
  const end = nanos(clock.now() + seconds(order.seconds));
  const operate = (client: ClientWith<"kv">, n: number): Promise<unknown> =>
    n % 2 === 0
      ? client.kv.read(`cost-${n % keys}`, adapter.defaultReadMode)
      : client.kv.write(`cost-${n % keys}`, `${n}`);
  const interval = (k: number, slot: number): Nanos =>
    order.kind === "open" ? nanos(seconds((k * order.clients + slot) / order.rate)) : nanos(0);
  try {
    return await measured(tally, async () => {
      const begin = clock.now();
      await Promise.all(
        clients.map(async (client, slot) => {
          for (let k = 0; ; k++) {
            const wait = nanos(begin + interval(k, slot) - clock.now());
            if (wait > 0) await sleep(clock, wait);
            if (clock.now() >= end) return;
            await tally.count(operate(client, k * order.clients + slot + (k % 2)));
          }
        }),
      );
    });
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

async function polls(adapter: Adapter, order: Order): Promise<Measurement> {
  const tally = new Tally();
  const end = nanos(clock.now() + seconds(order.seconds));
  const polling = { ...options, timeoutMs: 500 };
  // A checkout from before there were observers has none.
  const observer = "observe" in adapter ? adapter.observe(order.endpoints, polling) : undefined;
  const leader = () =>
    observer === undefined ? adapter.leader(order.endpoints, polling) : observer.leader();
  try {
    return await measured(tally, async () => {
      for (; clock.now() < end; await sleep(clock, pollEvery)) await tally.count(leader());
    });
  } finally {
    await observer?.close();
  }
}

const checkout = process.argv[2] ?? "";
const { adapters } = (await import(pathToFileURL(join(checkout, "adapters/registry.ts")).href)) as {
  adapters: Readonly<Record<string, Adapter>>;
};

process.on("message", async (order: Order) => {
  const adapter = adapters[order.system] as Adapter;
  process.send?.(await (order.kind === "polls" ? polls(adapter, order) : load(adapter, order)));
});
