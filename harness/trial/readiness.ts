/** Checks whether the nodes of a cluster are alive and ready. */
import { type Clock, sleep } from "../../core/clock.ts";
import { CouldNotRunError } from "../../core/errors.ts";
import { millis, type Nanos, nanos, seconds } from "../../core/time.ts";
import type { Cluster, ClusterNode } from "../runtimes/runtime.ts";

export interface ReadinessOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly limitSeconds: number;
  /** Time between two questions; default: 100 ms. */
  readonly pollInterval?: Nanos;
  /** Never rejects. */
  ready(node: ClusterNode): Promise<boolean>;
}

const pollIntervalByDefault = millis(100);
/** While a cluster starts: nothing is measured yet, and everything waits for it. */
const pollIntervalAtStart = millis(40);
const logLines = 12;
const logLineLength = 240;

/** Waits until all nodes are ready; resolves with those that are not after the limit. Rejects when the signal is aborted. */
export async function unreadyNodes(cluster: Cluster, options: ReadinessOptions): Promise<ClusterNode[]> {
  const { clock, limitSeconds, signal, ready, pollInterval = pollIntervalByDefault } = options;
  const deadline = nanos(clock.now() + seconds(limitSeconds));
  let waiting: ClusterNode[] = [...cluster.nodes];
  for (;;) {
    signal.throwIfAborted();
    const answers = await Promise.all(waiting.map(ready));
    waiting = waiting.filter((_, i) => answers[i] !== true);
    if (waiting.length === 0 || clock.now() >= deadline) return waiting;
    await assertAlive(waiting);
    await sleep(clock, pollInterval, signal);
  }
}

/** Resolves when every node is ready; rejects with a CouldNotRunError that quotes the end of the log of one that is not. */
export async function waitUntilReady(cluster: Cluster, options: ReadinessOptions): Promise<void> {
  const unready = await unreadyNodes(cluster, { ...options, pollInterval: pollIntervalAtStart });
  const [first] = unready;
  if (first === undefined) return;
  const names = unready.map((node) => `${node.id} (${node.state()})`).join(", ");
  throw new CouldNotRunError(
    `the cluster never became ready: ${names} still not ready after ${options.limitSeconds} s. ${await lastWords(first)}`,
  );
}

/** Rejects with a CouldNotRunError if a node died without being killed. */
export async function assertAlive(nodes: readonly ClusterNode[]): Promise<void> {
  const dead = nodes.find((node) => node.state() === "exited");
  if (dead !== undefined)
    throw new CouldNotRunError(`node ${dead.id} exited unexpectedly. ${await lastWords(dead)}`);
}

async function lastWords(node: ClusterNode): Promise<string> {
  const log = await node.logTail(logLines).catch((reason: Error) => `(no log: ${reason.message})`);
  if (log.trim() === "") return "Its log is empty.";
  const lines = log.trimEnd().split("\n");
  const short = lines.map((line) =>
    line.length > logLineLength ? `${line.slice(0, logLineLength)}…` : line,
  );
  return `The last lines of its log:\n${short.join("\n")}`;
}
