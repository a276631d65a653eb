/**
 * What an operation costs the load generator, next to each system's own client: processor time (user and system) of the client's
 * process for each operation that succeeded, at the same cluster, in a closed loop of equally many clients, each with a
 * connection, with equal values. Assay's side is a whole load worker: generator, client and recording of the history.
 *
 *     npx tsx bench/own-tool-cost.ts [--systems etcd,zookeeper,consul] [--rounds 5] [--operations 5000] [--clients 12]
 *         [--connections N] [--against OTHER-CHECKOUT] [--profile DIRECTORY] [--etcd-benchmark PROGRAM] [--consul-kv PROGRAM]
 *         [--zookeeper-classpath JARS]
 *
 * etcd's own client is `benchmark` (etcd's tools/benchmark, at the version of the server). Consul's is bench/own-tools/consul-kv.go,
 * built with its Go client (`go build -o PROGRAM consul-kv.go`, with github.com/hashicorp/consul/api where Go finds it).
 * ZooKeeper's is bench/own-tools/ZooKeeperKv.java, which needs a JDK and the jars of ZooKeeper, of its jute, of Netty and of slf4j. What is
 * not given is said and left out. With `--connections` Assay's clients are measured once more, sharing N connections to each node. Each
 * round asks all sides in turn. Figures are medians of the rounds. With `--profile` each process of Assay's clients leaves a profile of its
 * processor time, for the developer tools of a browser.
 */
import { execFile, fork, spawn } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { adapters } from "../adapters/registry.ts";
import { sleep } from "../core/clock.ts";
import { realClock } from "../core/real-clock.ts";
import { millis } from "../core/time.ts";
import { startDirect } from "../harness/runtimes/testing/direct-cluster.ts";
import type { Measurement, Order } from "./own-tool-client.ts";

const { values: given } = parseArgs({
  options: {
    systems: { type: "string", default: "etcd,zookeeper,consul" },
    rounds: { type: "string", default: "5" },
    operations: { type: "string", default: "5000" },
    clients: { type: "string", default: "12" },
    "value-bytes": { type: "string", default: "1024" },
    connections: { type: "string" },
    against: { type: "string" },
    profile: { type: "string" },
    "etcd-benchmark": { type: "string" },
    "consul-kv": { type: "string" },
    "zookeeper-classpath": { type: "string" },
  },
});

const clock = realClock();
const keys = 100;
/** The key that etcd's `benchmark range` reads. */
const rangeKey = "cost-range";

type Side = (order: Order) => Promise<Measurement>;

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

const assay =
  (checkout: string): Side =>
  async (order) => {
    const script = fileURLToPath(new URL("own-tool-client.ts", import.meta.url));
    const profile = given.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${given.profile}`];
    const child = fork(script, [checkout], { execArgv: ["--import", "tsx", ...profile] });
    const ended = new Promise<never>((_, reject) => {
      child.once("exit", (status) => reject(new Error(`Assay's clients ended with ${status}`)));
    });
    ended.catch(() => {});
    const answer = new Promise<Measurement>((resolve) => {
      child.once("message", (measured) => resolve(measured as Measurement));
    });
    child.send(order);
    try {
      return await Promise.race([answer, ended]);
    } finally {
      child.disconnect();
    }
  };

/** A program of bench/own-tools, which warms up and measures itself. */
const measuring =
  (file: string, args: readonly string[]): Side =>
  async ({ workload, clients, operations, keys, valueBytes, endpoints }) => {
    const numbers = [clients, operations, keys, valueBytes].map(String);
    const all = [...args, workload, ...numbers, ...endpoints.map(({ host, port }) => `${host}:${port}`)];
    const { stdout } = await promisify(execFile)(file, all);
    const [done, cpuSeconds] = stdout.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
    if (done === undefined || cpuSeconds === undefined) throw new Error(`${file} printed ${stdout}`);
    return { done, cpuSeconds };
  };

/** etcd's `benchmark` measures no processor time: the shell does, from start to end. What a run of few operations takes is taken off. */
const etcdBenchmark =
  (program: string): Side =>
  async (order) => {
    const few = order.clients;
    const start = await timed(program, benchmarkArgs(order, few));
    const whole = await timed(program, benchmarkArgs(order, few + order.operations));
    return { done: order.operations, cpuSeconds: whole - start };
  };

function benchmarkArgs(
  { workload, clients, valueBytes, endpoints, readMode }: Order,
  total: number,
): string[] {
  const what =
    workload === "put"
      ? ["put", "--key-size=32", `--val-size=${valueBytes}`, `--key-space-size=${keys}`]
      : ["range", rangeKey, `--consistency=${readMode === "serializable" ? "s" : "l"}`];
  const to = endpoints.map(({ host, port }) => `http://${host}:${port}`).join(",");
  return [...what, `--endpoints=${to}`, `--clients=${clients}`, `--conns=${clients}`, `--total=${total}`];
}

/** Seconds of processor time of a program, user and system. Rejects if it fails or reports an error. */
function timed(program: string, args: readonly string[]): Promise<number> {
  const shell = ["-c", 'TIMEFORMAT="%U %S"; time "$0" "$@"', program, ...args];
  return new Promise((resolve, reject) => {
    const child = spawn("bash", shell, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, LC_ALL: "C" },
    });
    let [out, error] = ["", ""];
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr.on("data", (chunk) => {
      error += chunk;
    });
    child.on("close", (status) => {
      const [user, system] = error.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
      if (status !== 0 || out.includes("Error distribution") || user === undefined || system === undefined)
        reject(new Error(`${program} ${args.join(" ")} (status ${status}): ${out}${error}`));
      else resolve(user + system);
    });
  });
}

const ownTools: Readonly<Record<string, Side | undefined>> = {
  etcd: given["etcd-benchmark"] === undefined ? undefined : etcdBenchmark(resolve(given["etcd-benchmark"])),
  consul: given["consul-kv"] === undefined ? undefined : measuring(resolve(given["consul-kv"]), []),
  zookeeper:
    given["zookeeper-classpath"] === undefined
      ? undefined
      : measuring("java", [
          "-cp",
          given["zookeeper-classpath"],
          fileURLToPath(new URL("own-tools/ZooKeeperKv.java", import.meta.url)),
        ]),
};

async function bench(name: keyof typeof adapters): Promise<void> {
  const own = ownTools[name];
  if (own === undefined) console.log(`${name}: without its own client, for which no option was given`);
  const adapter = adapters[name];
  const cluster = await startDirect(adapter.deployment, { size: 3, clock });
  const here = assay(fileURLToPath(new URL("..", import.meta.url)));
  const sides: Readonly<Record<string, Side>> = {
    assay: here,
    ...(given.connections !== undefined && {
      shared: (order: Order) => here({ ...order, connections: Number(given.connections) }),
    }),
    ...(given.against !== undefined && { against: assay(resolve(given.against)) }),
    ...(own !== undefined && { own }),
  };
  try {
    const endpoints = cluster.nodes.map(({ endpoint }) => endpoint);
    for (const endpoint of endpoints)
      while (!(await adapter.ready(endpoint, { clock, timeoutMs: 2000 }))) await sleep(clock, millis(100));
    const valueBytes = Number(given["value-bytes"]);
    const client = await adapter.connect(endpoints[0] as Order["endpoints"][number], ["kv"], {
      clock,
      timeoutMs: 5000,
    });
    await client.kv.write(rangeKey, "v".repeat(valueBytes));
    await client.close();
    const [clients, operations] = [Number(given.clients), Number(given.operations)];
    const order = {
      system: name,
      readMode: adapter.defaultReadMode,
      endpoints,
      clients,
      operations,
      keys,
      valueBytes,
    };
    for (const workload of ["put", "get"] as const) await compare({ ...order, workload }, sides);
  } finally {
    await cluster.stop();
  }
}

async function compare(order: Order, sides: Readonly<Record<string, Side>>): Promise<void> {
  const costs = Object.fromEntries(Object.keys(sides).map((side) => [side, [] as number[]]));
  for (let round = 0; round < Number(given.rounds); round++)
    for (const [side, measure] of Object.entries(sides)) {
      const { done, cpuSeconds } = await measure(order);
      costs[side]?.push((cpuSeconds / done) * 1e6);
    }
  const own = median(costs["own"] ?? []);
  for (const [side, each] of Object.entries(costs))
    console.log(
      [
        order.system.padEnd(10),
        order.workload.padEnd(5),
        side.padEnd(8),
        `${median(each).toFixed(0)} µs`.padStart(9),
        `${Math.min(...each).toFixed(0)} to ${Math.max(...each).toFixed(0)}`.padStart(12),
        Number.isNaN(own) ? "" : `${(median(each) / own).toFixed(2)} ×`.padStart(8),
      ].join("  "),
    );
}

console.log(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`);
console.log("system      load   client      each   least to most  of its own");
for (const name of given.systems.split(",")) {
  if (!(name in adapters)) throw new Error(`no system ${name}: ${Object.keys(adapters).join(", ")}`);
  await bench(name as keyof typeof adapters);
}
