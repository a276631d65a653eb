/** `assay bench --preset http`: what the HTTP interface of each system takes at most, without faults, history or verdict. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HttpKeys } from "../../../adapters/http-keys.ts";
import { assert } from "../../../core/assert.ts";
import { CouldNotRunError, exitStatus } from "../../../core/errors.ts";
import { programCommand } from "../../../core/program/node-program.ts";
import { count } from "../../../core/wording.ts";
import { type Ceiling, ceilingCells, type HttpCeilingRun, renderHttp } from "../../../reports/http/page.ts";
import { httpCeilings } from "../../http/ceilings.ts";
import { realClientProbe } from "../../load/node-client-probe.ts";
import { type NullServer, startNullServer } from "../../load/workers/null-server.ts";
import type { Cluster } from "../../runtimes/runtime.ts";
import { clientHealth } from "../../trial/client-health.ts";
import type { BenchDeps } from "../bench.ts";
import { startCluster, untilReady } from "../cluster.ts";
import { Leftovers } from "../leftovers.ts";
import type { BenchOptions } from "../options/bench-options.ts";
import { table } from "../output.ts";
import { type PlannedRun, withImage } from "../plan/plan.ts";
import type { HttpResult } from "./http-result.ts";

const nullServer = new URL("../null-server.ts", import.meta.url);
const key = "assay-http";
const valueBytes = 256;

/** Resolves with the exit status once all clusters are gone. A signal ends it early, with what was measured until then. */
export async function bench(
  planned: readonly PlannedRun[],
  options: BenchOptions,
  deps: BenchDeps,
): Promise<number> {
  const { output, clock, signal } = deps;
  const started = clock.now();
  const leftovers = new Leftovers(planned, output);
  await leftovers.first();
  await leftovers.rest();
  const runs: HttpCeilingRun[] = [];
  for (const plan of planned) {
    if (signal.aborted) break;
    const run = await measured(plan, options, deps);
    if (run !== undefined) runs.push(run);
  }
  if (runs.length === 0) throw new CouldNotRunError("stopped before anything was measured");
  const time = clock.date().toISOString().slice(0, 19).replaceAll(":", "");
  const page = join(options.results, `${time}-http.html`);
  await mkdir(options.results, { recursive: true });
  await writeFile(page, renderHttp(runs, (await deps.assay).version));
  output.print(
    table(
      [
        "system",
        "version",
        "runtime",
        "request",
        "requests/s",
        "p50",
        "p99",
        "max",
        "errors",
        "null server",
        "limited by",
      ],
      runs.flatMap((run) =>
        run.ceilings.map((ceiling) => [run.system, run.version, run.runtime, ...ceilingCells(ceiling)]),
      ),
    ),
  );
  output.print("ceilings of HTTP interfaces: service times of a closed loop, not comparable with other runs");
  output.print(`page: ${page}`);
  output.result({
    preset: "http",
    seconds: (clock.now() - started) / 1e9,
    systems: runs,
    page,
  } satisfies HttpResult);
  return exitStatus.valid;
}

/** Starts the cluster, loads it and stops it; resolves with undefined if the signal came before all was measured. */
async function measured(
  planned: PlannedRun,
  options: BenchOptions,
  deps: BenchDeps,
): Promise<HttpCeilingRun | undefined> {
  const { output, clock, signal } = deps;
  const dir = await mkdtemp(join(tmpdir(), "assay-http-"));
  try {
    const plan = await withImage(planned, { clock, log: (line) => output.note(line) });
    const { name } = plan.adapter;
    output.note(`${name}: starting ${count(options.nodes, "node")} on ${plan.runtime.name}`);
    const { preset: _, ...rest } = options;
    const cluster = await startCluster(plan, rest, dir, clock, output);
    try {
      await untilReady(plan, cluster, options.timeout, clock, signal);
      const connections = options.clients ?? 0;
      output.note(
        `${name}: ${count(connections, "connection")}, ${options.seconds} s of writes, then of reads, also of a server that answers at once, before and after`,
      );
      const ceilings = await ceilingsOf(plan, cluster, dir, options, deps);
      return {
        system: name,
        version: plan.program?.version ?? plan.image?.slice(plan.image.lastIndexOf(":") + 1) ?? "unknown",
        runtime: plan.runtime.name,
        nodes: options.nodes,
        connections,
        seconds: options.seconds,
        ceilings,
      };
    } finally {
      await cluster.stop();
    }
  } catch (reason) {
    if (signal.aborted) return undefined;
    throw reason;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/**
 * Loads the null server before and after the system, each time just as the system is loaded. What the clients reach is the better
 * of the two: the first one is slow where code is still being compiled, either one where the machine was busy with something else.
 */
async function ceilingsOf(
  { adapter }: PlannedRun,
  cluster: Cluster,
  dir: string,
  { clients = 0, seconds, timeout }: BenchOptions,
  { signal }: BenchDeps,
): Promise<readonly Ceiling[]> {
  const { http } = adapter;
  assert(http !== undefined, `${adapter.name} without HTTP was not refused`);
  const load = {
    connections: clients,
    seconds,
    timeoutMs: timeout,
    key,
    value: "v".repeat(valueBytes),
    signal,
  };
  const probe = realClientProbe();
  const alone = async ({ port }: NullServer) => {
    // As many servers as nodes, for the load to be made of the same pieces.
    const servers = cluster.nodes.map(() => `http://127.0.0.1:${port}`);
    return httpCeilings(http, servers, load, probe);
  };
  const server = await startNullServer([...programCommand(nullServer), "http"], {
    runId: `http-${process.pid}`,
    logDir: dir,
  });
  try {
    const before = await alone(server);
    const reached = await httpCeilings(http, serversOf(cluster, http), load, probe);
    const after = await alone(server);
    return reached.map(({ client, ...one }, i) => {
      const ceiling = Math.max(...[before[i], after[i]].map((found) => found?.okPerSecond ?? 0));
      const capacity = { reached: one.okPerSecond, ceiling };
      const { limited } = clientHealth([{ sendLagMsP99: 0, ...client }], [], capacity);
      return { ...one, nullServerPerSecond: ceiling, ...(limited !== undefined && { limited }) };
    });
  } finally {
    await server.close();
  }
}

/** Addresses of the HTTP interface, one for each node. */
const serversOf = ({ nodes }: Cluster, { port }: HttpKeys): string[] =>
  nodes.map(({ id, addresses }) => {
    const address = addresses?.[port];
    assert(address !== undefined, `${id} has no port ${port}`);
    return `http://${address.host}:${address.port}`;
  });
