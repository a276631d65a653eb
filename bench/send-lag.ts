/**
 * How late the load generator sends: an open loop against a real three-node cluster, in a process of its own as in a run, and
 * where that process spent its time.
 *
 *     npx tsx bench/send-lag.ts [--systems etcd,consul] [--rate 500] [--rounds 3] [--seconds 8] [--against OTHER-CHECKOUT]
 *
 * With `--against` the load of another checkout is measured in turn with this one, against the same cluster.
 */
import { type ChildProcess, fork } from "node:child_process";
import { loadavg } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Adapter } from "../adapters/adapter.ts";
import { adapters } from "../adapters/registry.ts";
import { sleep } from "../core/clock.ts";
import { realClock } from "../core/real-clock.ts";
import { millis } from "../core/time.ts";
import { startDirect } from "../harness/runtimes/testing/direct-cluster.ts";
import type { Measurement, Order } from "./send-lag-client.ts";

const { values } = parseArgs({
  options: {
    systems: { type: "string", default: Object.keys(adapters).join(",") },
    rate: { type: "string", default: "500" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "8" },
    against: { type: "string" },
  },
});

const here = fileURLToPath(new URL("..", import.meta.url));
const checkouts = { here, ...(values.against !== undefined && { there: resolve(values.against) }) };
const clock = realClock();

const columns: readonly (keyof Measurement)[] = [
  "sent",
  "lagP50",
  "lagP99",
  "lagMax",
  "cpu",
  "gc",
  "runnable",
  "writing",
  "longestWrite",
];

async function ask(child: ChildProcess, order: Order): Promise<Measurement> {
  const answer = new Promise<Measurement>((resolve, reject) => {
    child.once("message", (measured) => resolve(measured as Measurement));
    child.once("exit", (status) => reject(new Error(`the load's process ended with ${status}`)));
  });
  child.send(order);
  return answer;
}

async function bench(name: string, adapter: Adapter): Promise<void> {
  const cluster = await startDirect(adapter.deployment, { size: 3, clock });
  const script = fileURLToPath(new URL("send-lag-client.ts", import.meta.url));
  const loads = Object.entries(checkouts).map(([label, checkout]) => ({
    label,
    child: fork(script, [checkout], {
      detached: true,
      execArgv: ["--import", "tsx", ...(process.env["GCF"] ? [process.env["GCF"]] : [])],
    }),
  }));
  try {
    for (const { endpoint } of cluster.nodes)
      while (!(await adapter.ready(endpoint, { clock, timeoutMs: 2000 }))) await sleep(clock, millis(100));
    const endpoints = cluster.nodes.map(({ endpoint }) => endpoint);
    const order = { system: name, endpoints, rate: Number(values.rate), seconds: Number(values.seconds) };
    // The first round warms up and is not shown.
    for (let round = 0; round <= Number(values.rounds); round++)
      for (const { label, child } of loads) {
        const measured = await ask(child, order);
        if (round > 0) print([name, label], measured);
      }
  } finally {
    for (const { child } of loads) child.disconnect();
    await cluster.stop();
  }
}

function print(labels: readonly string[], measured: Measurement): void {
  const figures = columns.map((column) => measured[column].toFixed(column === "sent" ? 0 : 1).padStart(12));
  console.log(
    `${labels.map((label) => label.padEnd(10)).join("")}${figures.join("")}  ${loadavg()[0]?.toFixed(1)}`,
  );
}

console.log(
  `${"system".padEnd(10)}${"code".padEnd(10)}${columns.map((column) => column.padStart(12)).join("")}  load (times in ms)`,
);
for (const name of values.systems.split(",")) {
  const adapter = (adapters as Record<string, Adapter>)[name];
  if (adapter === undefined) throw new Error(`no system ${name}: ${Object.keys(adapters).join(", ")}`);
  await bench(name, adapter);
}
