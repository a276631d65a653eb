/**
 * How fast the reference server is: three members on this machine, closed-loop clients in a process of their own.
 *
 *     npx tsx bench/server.ts [--seconds 5] [--clients 1,16,64] [--target all|leader] [--directory DIR]
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { realClock } from "../core/real-clock.ts";
import { LocalCluster } from "../raft/server/testing/cluster.ts";
import type { Phase, PhaseResult } from "./server-client.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    clients: { type: "string", default: "1,16,64" },
    target: { type: "string", default: "all" },
    directory: { type: "string", default: tmpdir() },
  },
});
const measureMs = Number(values.seconds) * 1e3;
const counts = values.clients.split(",").map(Number);
const most = Math.max(...counts);

const directory = await mkdtemp(join(values.directory, "assay-bench-"));
const cluster = await LocalCluster.create({ size: 3, directory, clock: realClock() });
const generator = fork(fileURLToPath(new URL("server-client.ts", import.meta.url)), {
  execArgv: ["--import", "tsx"],
});
try {
  await bench();
} finally {
  generator.kill();
  await cluster.stop();
  await rm(directory, { recursive: true, force: true });
}

async function bench(): Promise<void> {
  cluster.startAll();
  for (const node of cluster.nodes) await cluster.ready(node);
  const leader = await cluster.leader(0);
  const targets = values.target === "leader" ? [leader] : cluster.nodes;
  const ports = targets.map((node) => cluster.clientPort(node));
  console.log(
    `${cpus().length} x ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)} before, Node ${process.version}`,
  );
  console.log(
    `3 members and the clients share the machine; clients at ${values.target}; values of 256 bytes`,
  );
  console.log(
    "operation      clients     ops/s   mean ms    p50 ms    p99 ms    max ms  errors  client busy",
  );
  const phases: Pick<Phase, "operation" | "clients">[] = [
    ...counts.map((clients) => ({ operation: "put" as const, clients })),
    { operation: "linearizable", clients: most },
    { operation: "serializable", clients: most },
  ];
  for (const phase of phases) print(phase, await measure({ ...phase, warmUpMs: 1_500, measureMs, ports }));
}

async function measure(phase: Phase): Promise<PhaseResult> {
  generator.send(phase);
  const [answer] = await Promise.race([once(generator, "message"), ended(generator)]);
  return answer as PhaseResult;
}

async function ended(child: ChildProcess): Promise<never> {
  const [status] = await once(child, "exit");
  throw new Error(`the clients' process ended with ${status}`);
}

function print(phase: Pick<Phase, "operation" | "clients">, result: PhaseResult): void {
  const rate = (result.completed + result.failed) / result.seconds;
  const cell = (value: number, digits = 2) => value.toFixed(digits).padStart(10);
  const label = `${phase.operation.padEnd(14)}${String(phase.clients).padStart(8)}`;
  const latency = [result.mean, result.p50, result.p99, result.max].map((value) => cell(value)).join("");
  const notes = [
    result.utilisation > 0.9 ? "client-limited" : "",
    // Little's law: clients = rate x time. A generator that was held up breaks it.
    Math.abs((rate * result.mean) / 1e3 / phase.clients - 1) > 0.03 ? "Little's law broken" : "",
  ].filter((note) => note !== "");
  const busy = `${(100 * result.utilisation).toFixed(0)} %`.padStart(12);
  console.log(
    `${label}${cell(rate, 0)}${latency}${String(result.failed).padStart(8)}${busy}  ${notes.join(", ")}`,
  );
}
