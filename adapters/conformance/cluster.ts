import { expect } from "vitest";
import { assert } from "../../core/assert.ts";
import { sleep } from "../../core/clock.ts";
import { ClientError } from "../../core/errors.ts";
import type { NodeId } from "../../core/op.ts";
import { realClock } from "../../core/real-clock.ts";
import { millis, type Nanos, seconds } from "../../core/time.ts";
import type { Adapter, ConnectOptions, Endpoint } from "../adapter.ts";
import type { Capability, ClientWith, Connect } from "../client/client.ts";
import type { Connection } from "../client/connection.ts";

/** Part of the harness' ClusterNode that the suite needs. */
export interface TestNode {
  readonly id: NodeId;
  readonly endpoint: Endpoint;
  start(): Promise<void>;
  kill(): Promise<string>;
  pause(): Promise<string>;
  resume(): Promise<void>;
  logTail(lines: number): Promise<string>;
}

export interface TestCluster {
  readonly nodes: readonly TestNode[];
  stop(): Promise<void>;
}

export const clock = realClock();

/** Generous: the machine may be busy, and no behaviour is judged by it. */
export const patient: ConnectOptions = within(10_000);

/** Connects and asks on the real clock, with this limit. */
export function within(timeoutMs: number): ConnectOptions {
  return { timeoutMs, clock };
}

/** Error that an operation rejected with; throws if it succeeded. */
export async function errorOf(operation: Promise<unknown>): Promise<ClientError> {
  const reason = await operation.then(
    () => new Error("it did not fail"),
    (error: unknown) => error,
  );
  expect(reason).toBeInstanceOf(ClientError);
  return reason as ClientError;
}

/** Polls until `look` gives something; what it rejects with counts as nothing. Fails after `limit` with `what`. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  limit: Nanos = seconds(30),
): Promise<T> {
  const start = clock.now();
  let last: unknown;
  while (clock.now() - start < limit) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
    } catch (reason) {
      last = reason;
    }
    await sleep(clock, millis(25));
  }
  throw new Error(`${what}: not within ${limit / 1e9} s`, { cause: last });
}

/** Waits until every node serves; fails with the nodes' last log lines. */
export async function untilReady(
  adapter: Adapter,
  nodes: readonly TestNode[],
  options: Partial<ConnectOptions> = {},
): Promise<void> {
  for (const node of nodes) {
    try {
      await until(
        `${node.id} ready`,
        () => adapter.ready(node.endpoint, { ...within(1000), ...options }),
        seconds(2 * adapter.deployment.readySeconds),
      );
    } catch (reason) {
      throw new Error(`${(reason as Error).message}\n${await node.logTail(20)}`, { cause: reason });
    }
  }
}

/** The cluster of one test file: started once, its clients closed after each test. */
export class Bench {
  readonly adapter: Adapter;
  readonly #clients: Connection[] = [];
  #cluster: TestCluster | undefined;
  #keys = 0;

  constructor(adapter: Adapter) {
    this.adapter = adapter;
  }

  get nodes(): readonly TestNode[] {
    assert(this.#cluster !== undefined, "the cluster is not started");
    return this.#cluster.nodes;
  }

  async start(start: () => Promise<TestCluster>): Promise<void> {
    this.#cluster = await start();
    await untilReady(this.adapter, this.nodes);
  }

  async stop(): Promise<void> {
    await this.#cluster?.stop();
  }

  node(index: number): TestNode {
    const node = this.nodes[index];
    assert(node !== undefined, `no node ${index}`);
    return node;
  }

  /** A client of a node, or of whatever listens at the endpoint. */
  client(at?: TestNode | Endpoint, options = patient): Promise<ClientWith<"kv">> {
    return this.clientWith(["kv"], at, options);
  }

  /** A client that can do more. */
  async clientWith<C extends Capability>(
    needs: readonly C[],
    at: TestNode | Endpoint = this.node(0),
    options = patient,
  ): Promise<ClientWith<C>> {
    return this.#kept(await this.adapter.connect("endpoint" in at ? at.endpoint : at, needs, options));
  }

  /** Connects clients that share this many connections. */
  sharing(connections: number): Connect {
    const connect = this.adapter.share?.(connections);
    assert(connect !== undefined, `${this.adapter.name}'s clients share no connections`);
    return async (endpoint, needs, options) => this.#kept(await connect(endpoint, needs, options));
  }

  #kept<T extends Connection>(client: T): T {
    this.#clients.push(client);
    return client;
  }

  async closeClients(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.close()));
  }

  /** A key that no other test uses. */
  key(name = "key"): string {
    return `${name}-${++this.#keys}`;
  }
}

export const endpointsOf = (bench: Bench): readonly Endpoint[] => bench.nodes.map(({ endpoint }) => endpoint);

export const untilLeader = (bench: Bench) =>
  until("a leader", () => bench.adapter.leader(endpointsOf(bench), within(2000)));
