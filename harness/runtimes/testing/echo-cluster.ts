import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "../../../core/assert.ts";
import { type Clock, sleep } from "../../../core/clock.ts";
import { type Link, nodeId } from "../../../core/op.ts";
import { realClock } from "../../../core/real-clock.ts";
import { millis } from "../../../core/time.ts";
import type { Cluster, ClusterNode, Runtime, Topology } from "../runtime.ts";
import { EchoClient } from "./echo-client.ts";
import { echoDeployment } from "./echo-deployment.ts";

const clock: Clock = realClock();

export const link = (from: string, to: string): Link => [nodeId(from), nodeId(to)];

/** Waits for a condition, for a minute at most. */
export async function until(reached: () => Promise<boolean> | boolean): Promise<void> {
  for (const deadline = clock.now() + millis(60_000); !(await reached()); await sleep(clock, millis(10)))
    assert(clock.now() < deadline, `never: ${reached}`);
}

/** Three echo nodes in some runtime, and a client of each, for tests. */
export class EchoCluster {
  /** Holds `data` while the cluster runs, and the logs. */
  readonly scratch: string;
  readonly runId: string;
  readonly cluster: Cluster;
  readonly #clients = new Map<string, EchoClient>();

  private constructor(scratch: string, runId: string, cluster: Cluster) {
    this.scratch = scratch;
    this.runId = runId;
    this.cluster = cluster;
  }

  static async start(runtime: Runtime, options: Partial<Topology> = {}): Promise<EchoCluster> {
    const scratch = mkdtempSync(join(tmpdir(), `assay-${runtime.name}-`));
    const [program] = await echoDeployment.installed();
    const topology: Topology = {
      size: 3,
      system: "echo",
      program,
      extraArgs: [],
      dataDir: join(scratch, "data"),
      logDir: scratch,
      runId: `test-${runtime.name}-${process.pid}`,
      ...options,
    };
    const cluster = await runtime.start(echoDeployment, topology, { clock, log: () => {} });
    const echo = new EchoCluster(scratch, topology.runId, cluster);
    for (const { id } of cluster.nodes) await echo.reconnect(id);
    for (const from of cluster.nodes)
      for (const to of cluster.nodes) if (from !== to) await echo.reaches(from.id, to.id);
    return echo;
  }

  client(name: string): EchoClient {
    const client = this.#clients.get(name);
    assert(client !== undefined, `no client of ${name}`);
    return client;
  }

  node(name: string): ClusterNode {
    const node = this.cluster.nodes.find(({ id }) => id === name);
    assert(node !== undefined, `no node ${name}`);
    return node;
  }

  /** Waits for a node that starts, with a new connection to it. */
  async reconnect(name: string): Promise<void> {
    this.#clients.get(name)?.close();
    this.#clients.set(name, await EchoClient.connect(clock, this.node(name).endpoint));
  }

  /** Waits until `from` has a working connection to `to` again. */
  async reaches(from: string, to: string): Promise<void> {
    await until(() => this.client(from).ask(to, 200).then(yes, no));
  }

  async stop(): Promise<void> {
    for (const client of this.#clients.values()) client.close();
    await this.cluster.stop();
    rmSync(this.scratch, { recursive: true, force: true });
  }
}

const yes = (): boolean => true;
const no = (): boolean => false;
