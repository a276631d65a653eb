import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { Pool } from "undici";
import { type Clock, sleep } from "../../../core/clock.ts";
import { programCommand } from "../../../core/program/node-program.ts";
import { millis, seconds } from "../../../core/time.ts";

const server = new URL("../main.ts", import.meta.url);

interface Node {
  readonly name: string;
  readonly client: number;
  readonly gateway: number;
  readonly peer: number;
  readonly pool: Pool;
  process: ChildProcess | undefined;
}

export interface ClusterOptions {
  readonly size: number;
  /** Data directories and logs go below it. */
  readonly directory: string;
  readonly clock: Clock;
  /** Flags in addition to names, addresses and directories. */
  readonly flags?: readonly string[];
}

/** The answer was an error: `status` of HTTP. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
}

/** Members as real processes on free ports of loopback, spoken to through the JSON gateway. Nodes are 0, 1, … */
export class LocalCluster {
  readonly #options: ClusterOptions;
  readonly #nodes: readonly Node[];
  /** Resolves when all that the process wrote is in its log. */
  readonly #logs = new Map<ChildProcess, Promise<void>>();
  readonly #children = new Set<ChildProcess>();
  #stopped = false;

  private constructor(options: ClusterOptions, nodes: readonly Node[]) {
    this.#options = options;
    this.#nodes = nodes;
    process.once("exit", () => this.#killAll());
  }

  static async create(options: ClusterOptions): Promise<LocalCluster> {
    const ports = await freePorts(3 * options.size);
    const nodes = Array.from({ length: options.size }, (_, i): Node => {
      const [client, gateway, peer] = ports.slice(3 * i, 3 * i + 3) as [number, number, number];
      const pool = new Pool(`http://127.0.0.1:${gateway}`, { connections: 64 });
      return { name: `n${i + 1}`, client, gateway, peer, pool, process: undefined };
    });
    await mkdir(options.directory, { recursive: true });
    return new LocalCluster(options, nodes);
  }

  get nodes(): readonly number[] {
    return this.#nodes.map((_, i) => i);
  }

  clientPort(node: number): number {
    return this.#node(node).client;
  }

  dataDirectory(node: number): string {
    return join(this.#options.directory, this.#node(node).name);
  }

  log(node: number): string {
    return readFileSync(this.#logFile(node), "utf8");
  }

  /** Starts the process; `ready` waits until it serves. */
  start(node: number): void {
    // A test that ran out of time may still be going on.
    if (this.#stopped) throw new Error("the cluster was stopped");
    const { name, client, gateway, peer } = this.#node(node);
    const cluster = this.#nodes.map((other) => `${other.name}=127.0.0.1:${other.peer}`).join(",");
    const flags = { name, "data-dir": this.dataDirectory(node), "initial-cluster": cluster };
    const listen = { "listen-client": client, "listen-gateway": gateway, "listen-peer": peer };
    const argv = [
      ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]),
      ...Object.entries(listen).flatMap(([flag, port]) => [`--${flag}`, `127.0.0.1:${port}`]),
      ...(this.#options.flags ?? []),
    ];
    const [command = "", ...program] = programCommand(server);
    const child = spawn(command, [...program, ...argv], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const log = createWriteStream(this.#logFile(node), { flags: "a" });
    child.stderr.pipe(log);
    this.#logs.set(child, finished(log));
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
    this.#node(node).process = child;
  }

  startAll(): void {
    for (const node of this.nodes) this.start(node);
  }

  /** Resolves with the exit status, or the name of the signal, when the process is gone. */
  async exited(node: number): Promise<number | string | null> {
    const child = this.#node(node).process;
    if (child === undefined) throw new Error(`node ${node} was not started`);
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    // What it wrote last may still be on its way to the log.
    await this.#logs.get(child);
    return child.exitCode ?? child.signalCode;
  }

  async signal(node: number, signal: NodeJS.Signals): Promise<number | string | null> {
    this.#node(node).process?.kill(signal);
    return await this.exited(node);
  }

  /** Stops the process for a while; its connections stay open. */
  pause(node: number): void {
    this.#node(node).process?.kill("SIGSTOP");
  }

  resume(node: number): void {
    this.#node(node).process?.kill("SIGCONT");
  }

  /** kill -9 of all of them at the same moment. */
  async killAll(): Promise<void> {
    const gone = [...this.#children].map((child) => once(child, "exit"));
    this.#killAll();
    await Promise.all(gone);
  }

  /** Stops the cluster for good. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.killAll();
    await Promise.all(this.#nodes.map(({ pool }) => pool.destroy()));
  }

  /** Resolves with the first result that `attempt` does not reject. Gives up after a minute. */
  async eventually<T>(what: string, attempt: () => Promise<T>): Promise<T> {
    const { clock } = this.#options;
    const end = clock.now() + seconds(60);
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (this.#stopped || clock.now() > end) throw new Error(`${what}: not within 60 s`, { cause: error });
        await sleep(clock, millis(20));
      }
    }
  }

  /** Waits until `node` serves linearizable reads. */
  async ready(node: number): Promise<void> {
    await this.eventually(`node ${node} serves`, () => this.get(node, "ready?")).catch((error: Error) => {
      throw new Error(`${error.message}; its log:\n${this.log(node)}`, { cause: error.cause });
    });
  }

  async put(node: number, key: string, value: string): Promise<void> {
    await this.call(node, "/v3/kv/put", { key: base64(key), value: base64(value) });
  }

  async get(
    node: number,
    key: string,
    options: { serializable?: boolean } = {},
  ): Promise<string | undefined> {
    const { kvs } = await this.#range(node, { key: base64(key), ...options });
    return kvs[0] && text(kvs[0].value);
  }

  /** Every key that starts with `prefix`, read linearizably. */
  async list(node: number, prefix: string): Promise<Map<string, string>> {
    const end = Buffer.from(prefix);
    end[end.length - 1] = Number(end.at(-1)) + 1;
    const { kvs } = await this.#range(node, { key: base64(prefix), range_end: end.toString("base64") });
    return new Map(kvs.map(({ key, value }) => [text(key), text(value)]));
  }

  /** The node that leads, as `node` sees it. Rejects if it sees none. */
  async leader(node: number): Promise<number> {
    const { leader } = (await this.call(node, "/v3/maintenance/status", {})) as { leader?: string };
    if (leader === undefined || leader === "0") throw new Error("no leader");
    return Number(leader) - 1;
  }

  /** Rejects with a RefusedError where the node answered with an error, with undici's error where it did not answer. */
  async call(node: number, path: string, body: object): Promise<object> {
    const response = await this.#node(node).pool.request({
      method: "POST",
      path,
      body: JSON.stringify(body),
      headersTimeout: 10_000,
    });
    const answer = await response.body.text();
    if (response.statusCode !== 200) throw new RefusedError(`${response.statusCode} ${answer}`);
    return JSON.parse(answer) as object;
  }

  async #range(node: number, request: object) {
    const answer = await this.call(node, "/v3/kv/range", request);
    const { kvs = [] } = answer as { kvs?: { key: string; value?: string }[] };
    return { kvs: kvs.map(({ key, value = "" }) => ({ key, value })) };
  }

  #killAll(): void {
    for (const child of this.#children) child.kill("SIGKILL");
  }

  #logFile(node: number): string {
    return join(this.#options.directory, `${this.#node(node).name}.log`);
  }

  #node(index: number): Node {
    const node = this.#nodes[index];
    if (node === undefined) throw new Error(`there is no node ${index}`);
    return node;
  }
}

const base64 = (value: string) => Buffer.from(value).toString("base64");
const text = (value: string) => Buffer.from(value, "base64").toString();

/** Below the range from which the system takes ports for outgoing connections: a port must stay free while its node is down. */
const firstPort = 20_000;
const lastPort = 32_000;

async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let port = randomInt(firstPort, lastPort); ports.length < count; port++) {
    if (port > lastPort) port = firstPort;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
