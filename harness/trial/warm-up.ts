/** What comes before a run is measured: code and caches get warm, and the load learns what it may ask for. */
import { sleep } from "../../core/clock.ts";
import { isClientEvent } from "../../core/history.ts";
import { seconds, toSeconds } from "../../core/time.ts";
import { ClientGroup } from "../load/client-group.ts";
import { Recorder } from "../record/recorder.ts";
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
  const { deps, spec, connect, random, end, workload } = context;
  const { clock } = deps;
  const recorder = new Recorder(clock, () => {});
  const endpoints = cluster.nodes.map(({ endpoint }) => endpoint);
  const processes = clientsPerNode * endpoints.length;
  const group = new ClientGroup({
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
    random: random.fork("warm-up"),
    recorder,
    onError: end.fail,
  });
  try {
    recorder.begin();
    await group.open();
    group.start();
    await sleep(clock, seconds(spec.warmUpSeconds), end.signal);
    const until = recorder.now();
    await group.stop();
    const from = Math.max(0, until - seconds(measuredSeconds));
    const isOfLoad = (process: number) => process % group.stride < group.loadProcesses;
    const succeeded = recorder.history.filter(
      (event) =>
        isClientEvent(event) &&
        event.type === "ok" &&
        isOfLoad(event.process) &&
        event.time >= from &&
        event.time < until,
    );
    return succeeded.length / toSeconds(seconds(Math.min(measuredSeconds, spec.warmUpSeconds)));
  } finally {
    await group.stop();
    await group.close();
  }
}
