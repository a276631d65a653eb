/** What comes before a run is measured: code and caches get warm, and the load learns what it may ask for. */
import { type Clock, sleep } from "../../core/clock.ts";
import { nanos, seconds, toSeconds } from "../../core/time.ts";
import type { Clients } from "../load/clients.ts";
import type { Cluster } from "../runtimes/runtime.ts";
import type { TrialContext } from "./context.ts";

/** Clients of each node that warm it up, each asking again as soon as it has its answer. */
const clientsPerNode = 8;
/** The rate is measured over this long, and a warm-up takes at least twice as long. */
const windowSeconds = 0.5;
/** A cluster whose rate grows by less than this share from one window to the next is warm. */
const steadyShare = 0.1;

/**
 * Asks the healthy cluster as fast as a few clients can, on keys of its own; nothing of it is in the history. Ends when the
 * rate no longer grows, after `warmUpSeconds` at the latest. Resolves with the operations per second that succeeded at the end.
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
  try {
    await clients.open();
    clients.start(clock.now());
    return await steadyRate(clients, spec.warmUpSeconds, clock, end.signal);
  } finally {
    await clients.close();
  }
}

/** Resolves with the rate of the last two windows, in operations per second. */
async function steadyRate(
  clients: Pick<Clients, "succeeded">,
  limitSeconds: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<number> {
  const windows = Math.max(1, Math.round(limitSeconds / windowSeconds));
  let mark = { succeeded: 0, at: clock.now() };
  let before: number | undefined;
  for (let i = 1; ; i++) {
    await sleep(clock, seconds(limitSeconds / windows), signal);
    const next = { succeeded: await clients.succeeded(), at: clock.now() };
    const rate = (next.succeeded - mark.succeeded) / toSeconds(nanos(next.at - mark.at));
    const isSteady = before !== undefined && Math.abs(rate - before) < before * steadyShare;
    if (isSteady || i === windows) return before === undefined ? rate : (before + rate) / 2;
    mark = next;
    before = rate;
  }
}
