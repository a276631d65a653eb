/** What the clients of a closed loop can do at most: the same load against a server that answers at once. */
import { devNull } from "node:os";
import { sleep } from "../../core/clock.ts";
import { nanos, seconds, toSeconds } from "../../core/time.ts";
import { Recorder } from "../record/recorder.ts";
import type { Cluster } from "../runtimes/runtime.ts";
import type { TrialContext } from "./context.ts";

/** Connections are made and code gets warm. */
const settleSeconds = 0.5;
/** Workers report their counts five times a second. */
const measuredSeconds = 2;

/**
 * Operations per second that the run's clients have answered, whatever the answer, by a null server in place of every node. The clients
 * do all that they do in the run, recording included. Undefined where the system has no null server, or clients use TLS, which it
 * does not speak.
 */
export async function clientCeiling(context: TrialContext, cluster: Cluster): Promise<number | undefined> {
  const { deps, spec, dir, connect, workload, end } = context;
  const { clock } = deps;
  if (deps.nullServer === undefined || connect.tls !== undefined) return undefined;
  const server = await deps.nullServer({ runId: dir.id, logDir: dir.logDir });
  const recorder = new Recorder(clock, () => {}, false);
  const nodes = cluster.nodes.map(({ endpoint: { node } }) => node);
  const { timeoutMs } = connect;
  const clients = deps.clients.make({
    clock,
    adapter: deps.adapter,
    workload: deps.workload,
    run: { ...workload, nodes },
    endpoints: nodes.map((node) => ({ node, host: "127.0.0.1", port: server.port })),
    connect: { clock, timeoutMs },
    load: spec.load,
    opened: spec.openedProcesses,
    seed: spec.seed,
    phase: "warm-up",
    records: { recorder, part: () => devNull },
    onError: end.fail,
  });
  try {
    await clients.open();
    const begin = clock.now();
    recorder.begin(begin);
    clients.start(begin);
    await sleep(clock, seconds(settleSeconds), end.signal);
    const before = { answered: answered(recorder), at: clock.now() };
    await sleep(clock, seconds(measuredSeconds), end.signal);
    return (answered(recorder) - before.answered) / toSeconds(nanos(clock.now() - before.at));
  } finally {
    await clients.close();
    await server.close();
  }
}

const answered = ({ counts: { ok, fail, info } }: Recorder): number => ok + fail + info;
