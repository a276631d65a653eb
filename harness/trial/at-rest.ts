/** The end of a trial: with faults healed and load stopped, each node reports the state that it holds itself. */
import { sleep } from "../../core/clock.ts";
import type { Call, NodeId } from "../../core/op.ts";
import { millis, type Nanos, nanos, seconds } from "../../core/time.ts";
import type { ClientProcess } from "../load/client-process.ts";
import type { ClusterNode } from "../runtimes/runtime.ts";
import type { TrialContext } from "./context.ts";

/** Pause between two rounds of reads. */
const pause = millis(250);
/** Reading ends this long after the time to catch up, no matter how many keys there are. */
const overtime = seconds(20);

interface RestReads {
  /** A few processes for each node. */
  readonly readers: readonly ClientProcess[];
  /** Reads of all keys that matter. */
  readonly calls: readonly Call[];
  /** End of the time to catch up, on the clock. A node that is behind is read once more after that. */
  readonly until: Nanos;
}

/** Reads everything at every node, then, round by round, what has not settled yet. */
export async function askAtRest(context: TrialContext, { readers, calls, until }: RestReads): Promise<void> {
  const { deps, spec, end } = context;
  const { clock, workload, adapter } = deps;
  if (workload.unsettled === undefined) return;
  const isRunMode = adapter.localReadMode === spec.readMode;
  const local = calls.map((call) => (isRunMode ? call : { ...call, mode: adapter.localReadMode }));
  const nodes = [...new Set(readers.map(({ node }) => node))];
  const every = new Map(nodes.map((node) => [node, local] as const));
  // If the final reads were local ones, most has settled by now.
  let waiting = isRunMode ? unsettledCalls(context, local) : every;
  while (waiting.size > 0 && !end.signal.aborted) {
    const began = clock.now();
    await askRound(context, readers, waiting, nanos(until + overtime));
    waiting = unsettledCalls(context, local);
    if (began >= until || waiting.size === 0) return;
    const left = until - clock.now();
    await sleep(clock, nanos(left > 0 ? Math.min(left, pause) : 0), end.signal).catch(() => {});
  }
}

function unsettledCalls({ deps, recorder }: TrialContext, calls: readonly Call[]): Map<NodeId, Call[]> {
  const byKey = new Map(calls.map((call) => [call.key ?? "", call]));
  const waiting = new Map<NodeId, Call[]>();
  for (const { node, key } of deps.workload.unsettled?.(recorder.history) ?? []) {
    const call = byKey.get(key);
    if (call !== undefined) waiting.set(node, [...(waiting.get(node) ?? []), call]);
  }
  return waiting;
}

/** The processes of a node share its reads: each is sent once. A process that gets no answer sends no more in this round. */
async function askRound(
  { deps, end }: TrialContext,
  readers: readonly ClientProcess[],
  waiting: ReadonlyMap<NodeId, readonly Call[]>,
  limit: Nanos,
): Promise<void> {
  const queues = new Map([...waiting].map(([node, calls]) => [node, [...calls]]));
  await Promise.all(
    readers.map(async (reader) => {
      const queue = queues.get(reader.node) ?? [];
      for (let call = queue.shift(); call !== undefined; call = queue.shift()) {
        if (end.signal.aborted || deps.clock.now() >= limit) return;
        const outcome = await reader.perform(call, { whileRefused: "wait" });
        if (outcome.type !== "ok") return;
      }
    }),
  );
}

/**
 * Records the digest that each node computes of its own state. If possible, all are taken at one revision: that of the node
 * that is furthest behind. A node without a digest is left out, and so is never blamed.
 */
export async function recordDigests(
  { deps, connect, recorder, end }: TrialContext,
  nodes: readonly ClusterNode[],
): Promise<void> {
  const { adapter } = deps;
  const ask = adapter.digest?.bind(adapter);
  if (ask === undefined || end.signal.aborted) return;
  const first = await Promise.all(
    nodes.map(async ({ id, endpoint }) => {
      const digest = await ask(endpoint, connect).catch(() => undefined);
      return digest === undefined ? [] : [{ node: id, endpoint, digest }];
    }),
  );
  const known = first.flat();
  const at = known.reduce((least, { digest }) => Math.min(least, digest.at), Number.POSITIVE_INFINITY);
  const same = await Promise.all(
    known.map(async (one) =>
      one.digest.at === at
        ? one
        : { ...one, digest: await ask(one.endpoint, connect, at).catch(() => one.digest) },
    ),
  );
  for (const { node, digest } of same) recorder.harness({ f: "digest", value: { node, ...digest } });
}
