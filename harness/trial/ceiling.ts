/** What the clients of a closed loop can do at most: the same load against a server that answers at once. */
import { devNull } from "node:os";
import { sleep } from "../../core/clock.ts";
import type { NodeId } from "../../core/op.ts";
import { nanos, seconds, toSeconds } from "../../core/time.ts";
import { Recorder } from "../record/recorder.ts";
import type { Cluster } from "../runtimes/runtime.ts";
import type { TrialContext } from "./context.ts";

/** Connections are made and code gets warm. */
const settleSeconds = 0.5;
const measuredSeconds = 2;

/**
 * Operations per second that the run's clients have answered, whatever the answer, by a null server in place of every node,
 * recording included. The null server finds nothing: no value is decoded or checked, and who compares with what was read only
 * reads. So this is an upper bound, close for writes, too high for large values that are read or listed, and for
 * compare-and-sets. Undefined where the system has no null server, or clients use TLS, which it does not speak.
 */
export async function clientCeiling(
  context: TrialContext,
  cluster: Cluster,
  targets?: readonly NodeId[],
): Promise<number | undefined> {
  const { deps, dir, connect } = context;
  if (deps.nullServer === undefined || connect.tls !== undefined) return undefined;
  const server = await deps.nullServer({ runId: dir.id, logDir: dir.logDir });
  try {
    return await answeredBy(server.port, context, cluster, targets);
  } finally {
    await server.close();
  }
}

async function answeredBy(
  port: number,
  context: TrialContext,
  cluster: Cluster,
  targets: readonly NodeId[] | undefined,
): Promise<number> {
  const { deps, spec, connect, workload, end } = context;
  const { clock } = deps;
  const recorder = new Recorder(clock, () => {}, false);
  const nodes = cluster.nodes.map(({ endpoint: { node } }) => node);
  const { timeoutMs } = connect;
  const clients = deps.clients.make({
    clock,
    adapter: deps.adapter,
    workload: deps.workload,
    run: { ...workload, nodes },
    endpoints: nodes.map((node) => ({ node, host: "127.0.0.1", port })),
    ...(targets !== undefined && { targets }),
    connect: { clock, timeoutMs },
    connections: spec.connections,
    load: spec.load,
    opened: spec.openedProcesses,
    seed: spec.seed,
    phase: "warm-up",
    records: { recorder, part: () => devNull },
    onError: end.fail,
  });
  /** What workers have counted up to now: their regular reports are up to 200 ms old. */
  const answered = async () => {
    await clients.succeeded();
    const { ok, fail, info } = recorder.counts;
    return { count: ok + fail + info, at: clock.now() };
  };
  try {
    await clients.open();
    const begin = clock.now();
    recorder.begin(begin);
    clients.start(begin);
    await sleep(clock, seconds(settleSeconds), end.signal);
    const before = await answered();
    await sleep(clock, seconds(measuredSeconds), end.signal);
    const after = await answered();
    return (after.count - before.count) / toSeconds(nanos(after.at - before.at));
  } finally {
    await clients.close();
  }
}
