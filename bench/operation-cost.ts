/**
 * What an operation costs the harness: processor time of a process that runs the clients of a real three-node cluster,
 * half reads and half writes, in a closed loop and at a fixed rate, and what one question for the leader costs.
 *
 *     npx tsx bench/operation-cost.ts [--systems etcd,zookeeper] [--rounds 5] [--seconds 4] [--against OTHER-CHECKOUT]
 *         [--profile DIRECTORY]
 *
 * With `--against` the clients of another checkout are measured in turn with these, against the same cluster: what else
 * the machine does then strikes both alike. Figures are medians of the rounds. With `--profile` each process of clients
 * leaves a profile of its processor time, for the developer tools of a browser.
 */
import { type ChildProcess, fork } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Adapter } from "../adapters/adapter.ts";
import { adapters } from "../adapters/registry.ts";
import { sleep } from "../core/clock.ts";
import { realClock } from "../core/real-clock.ts";
import { millis } from "../core/time.ts";
import { startDirect } from "../harness/runtimes/testing/direct-cluster.ts";
import type { Measurement, Order } from "./operation-cost-client.ts";

const { values } = parseArgs({
  options: {
    systems: { type: "string", default: Object.keys(adapters).join(",") },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "4" },
    rate: { type: "string", default: "500" },
    against: { type: "string" },
    profile: { type: "string" },
  },
});

const here = fileURLToPath(new URL("..", import.meta.url));
const checkouts = { here, ...(values.against !== undefined && { there: resolve(values.against) }) };
const clock = realClock();

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** A process with the clients of one checkout, for every order of one system. */
class Clients {
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;

  constructor(checkout: string) {
    const script = fileURLToPath(new URL("operation-cost-client.ts", import.meta.url));
    const profile = values.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${values.profile}`];
    this.#child = fork(script, [checkout], { execArgv: ["--import", "tsx", ...profile] });
    this.#ended = new Promise((_, reject) => {
      this.#child.once("exit", (status) => reject(new Error(`the clients' process ended with ${status}`)));
    });
    this.#ended.catch(() => {});
  }

  async measure(order: Order): Promise<Measurement> {
    const answer = new Promise<Measurement>((resolve) => {
      this.#child.once("message", (measured) => resolve(measured as Measurement));
    });
    this.#child.send(order);
    return Promise.race([answer, this.#ended]);
  }

  end(): void {
    // It ends by itself then, and leaves a profile where it was asked for one.
    this.#child.disconnect();
  }
}

async function bench(name: string, adapter: Adapter): Promise<void> {
  const cluster = await startDirect(adapter.deployment, { size: 3, clock });
  const clients = Object.entries(checkouts).map(([label, checkout]) => ({
    label,
    process: new Clients(checkout),
  }));
  try {
    for (const { endpoint } of cluster.nodes)
      while (!(await adapter.ready(endpoint, { clock, timeoutMs: 2000 }))) await sleep(clock, millis(100));
    const endpoints = cluster.nodes.map(({ endpoint }) => endpoint);
    const order = { system: name, endpoints, clients: 12, seconds: Number(values.seconds) };
    const kinds: readonly Order[] = [
      { ...order, kind: "closed" },
      { ...order, kind: "open", rate: Number(values.rate) },
      { ...order, kind: "polls" },
    ];
    for (const kind of kinds) {
      const rounds = new Map<string, Measurement[]>(clients.map(({ label }) => [label, []]));
      // The first round warms up and counts for nothing.
      for (let round = 0; round <= Number(values.rounds); round++)
        for (const { label, process } of clients) {
          const measured = await process.measure(kind);
          if (round > 0) rounds.get(label)?.push(measured);
        }
      for (const [label, measured] of rounds) print(name, kind, label, measured);
    }
  } finally {
    for (const { process } of clients) process.end();
    await cluster.stop();
  }
}

function print(name: string, { kind }: Order, label: string, rounds: readonly Measurement[]): void {
  const of = (figure: (round: Measurement) => number) => median(rounds.map(figure));
  const cost = rounds.map(({ cpuMs, done }) => cpuMs / done);
  console.log(
    [
      name.padEnd(10),
      kind.padEnd(7),
      label.padEnd(6),
      `${median(cost).toFixed(3)} ms`.padStart(10),
      `${Math.min(...cost).toFixed(3)} to ${Math.max(...cost).toFixed(3)}`.padStart(16),
      `${of(({ done, seconds }) => done / seconds).toFixed(0)}/s`.padStart(9),
      `${of(({ utilization }) => 100 * utilization).toFixed(0)} %`.padStart(6),
      `${rounds.reduce((sum, { failed }) => sum + failed, 0)}`.padStart(7),
    ].join("  "),
  );
}

console.log(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`);
console.log(
  "system      load     code    processor    least to most       rate    busy   failed\n" +
    "                            time each",
);
for (const name of values.systems.split(",")) {
  const adapter = (adapters as Record<string, Adapter>)[name];
  if (adapter === undefined) throw new Error(`no system ${name}: ${Object.keys(adapters).join(", ")}`);
  const [program] = await adapter.deployment.installed();
  if (program === undefined) console.log(`${name}: not installed: ${adapter.deployment.installHint}`);
  else await bench(name, adapter);
}
