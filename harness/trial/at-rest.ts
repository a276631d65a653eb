/** The end of a trial: the nodes, healed and without load, are asked what each of them holds itself. */
import { sleep } from "../../core/clock.ts";
import type { Call, NodeId } from "../../core/op.ts";
import { millis, type Nanos, nanos, seconds } from "../../core/time.ts";
import type { ClientProcess } from "../load/client-process.ts";
import type { ClusterNode } from "../runtimes/runtime.ts";
import type { TrialContext } from "./context.ts";

/** Between two rounds of questions. */
const pause = millis(250);
/** However many keys there are, asking for them ends this long after the time to catch up. */
const overtime = seconds(20);

interface Questions {
  /** A few processes of each node. */
  readonly readers: readonly ClientProcess[];
  /** The reads of everything that matters. */
  readonly calls: readonly Call[];
  /** When the time to catch up is over: a reading of the clock. A node that is behind is asked once more after that. */
  readonly until: Nanos;
}

/** Asks every node for everything, and then again for what is not settled, round by round. */
export async function askAtRest(context: TrialContext, { readers, calls, until }: Questions): Promise<void> {
  const { deps, spec, end } = context;
  const { clock, workload, adapter } = deps;
  if (workload.unsettled === undefined) return;
  const isRunMode = adapter.localReadMode === spec.readMode;
  const local = calls.map((call) => (isRunMode ? call : { ...call, mode: adapter.localReadMode }));
  const nodes = [...new Set(readers.map(({ node }) => node))];
  const every = new Map(nodes.map((node) => [node, local] as const));
  // Where the last reads were local ones, most is settled by now.
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

/** The processes of a node share its questions: each is asked once. A process that got no answer asks no more this time. */
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
 * Records what the nodes' own digests say, all at one revision where they can tell it: that of the node which is the least
 * far. What is not told is not recorded: it accuses nobody.
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
  const told = first.flat();
  const at = told.reduce((least, { digest }) => Math.min(least, digest.at), Number.POSITIVE_INFINITY);
  const same = await Promise.all(
    told.map(async (one) =>
      one.digest.at === at
        ? one
        : { ...one, digest: await ask(one.endpoint, connect, at).catch(() => one.digest) },
    ),
  );
  for (const { node, digest } of same) recorder.harness({ f: "digest", value: { node, ...digest } });
}
