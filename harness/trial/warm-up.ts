/** What comes before a run is measured: code and caches get warm, and the load learns what it may ask for. */
import { sleep } from "../../core/clock.ts";
import { nanos, seconds, toSeconds } from "../../core/time.ts";
import type { Cluster } from "../runtimes/runtime.ts";
import type { TrialContext } from "./context.ts";

/** Clients of each node that warm it up, each asking again as soon as it has its answer. */
const clientsPerNode = 8;
/** The last part of the warm-up is measured. */
const measuredSeconds = 1;

/**
 * Asks the healthy cluster as fast as a few clients can, on keys of its own; nothing of it is in the history. Resolves with
 * the operations per second that succeeded at the end of it.
 */
export async function warmUp(context: TrialContext, cluster: Cluster): Promise<number> {
  const { deps, spec, connect, end, workload } = context;
  const { clock } = deps;
  const endpoints = cluster.nodes.map(({ endpoint }) => endpoint);
  const processes = clientsPerNode * endpoints.length;
  const clients = deps.clients.make({
    clock,
    adapter: deps.adapter,
    workload: deps.workload,
    run: {
      ...workload,
      nodes: endpoints.map(({ node }) => node),
      keyPrefix: `${workload.keyPrefix}warm-up-`,
    },
    endpoints,
    connect,
    load: { kind: "closed", processes, seconds: spec.warmUpSeconds },
    opened: processes,
    seed: spec.seed,
    phase: "warm-up",
    onError: end.fail,
  });
  const succeededSoFar = async () => {
    const succeeded = await clients.succeeded();
    return { succeeded, at: clock.now() };
  };
  try {
    await clients.open();
    clients.start(clock.now());
    const measured = Math.min(measuredSeconds, spec.warmUpSeconds);
    await sleep(clock, seconds(spec.warmUpSeconds - measured), end.signal);
    const before = await succeededSoFar();
    await sleep(clock, seconds(measured), end.signal);
    const after = await succeededSoFar();
    return (after.succeeded - before.succeeded) / toSeconds(nanos(after.at - before.at));
  } finally {
    await clients.close();
  }
}
