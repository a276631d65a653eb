/** What comes before a run is measured: code and caches get warm, and the load learns what it may ask for. */
import { type Clock, sleep } from "../../../core/clock.ts";
import type { NodeId } from "../../../core/op.ts";
import { type Nanos, nanos, seconds, toSeconds } from "../../../core/time.ts";
import type { Clients } from "../../load/clients.ts";
import type { Cluster } from "../../runtimes/runtime.ts";
import type { TrialContext } from "../context.ts";

/** Clients of each node that warm it up, each asking again as soon as it has its answer. */
const clientsPerNode = 8;
/** The rate is measured over this long, and a warm-up takes at least twice as long. */
const windowSeconds = 0.5;
/** A window that ends now is compared with the one before, this many times within its length. */
const looksPerWindow = 2;
/** A cluster whose rate grows by less than this share from one window to the next is warm. */
const steadyShare = 0.1;

/**
 * Asks the healthy cluster as fast as a few clients can, on keys of its own; nothing of it is in the history. Ends when the
 * rate no longer grows, after `warmUpSeconds` at the latest. `targets`: nodes that are asked; default: all. Resolves with the operations per second that succeeded at the end.
 */
export async function warmUp(
  context: TrialContext,
  cluster: Cluster,
  targets?: readonly NodeId[],
): Promise<number> {
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
    ...(targets !== undefined && { targets }),
    connect,
    connections: spec.connections,
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
  const steps = Math.max(1, Math.round((limitSeconds / windowSeconds) * looksPerWindow));
  const marks: Mark[] = [{ succeeded: 0, at: clock.now() }];
  for (;;) {
    await sleep(clock, seconds(limitSeconds / steps), signal);
    marks.push({ succeeded: await clients.succeeded(), at: clock.now() });
    const [first, middle, last] = [2, 1, 0].map((windows) => marks.at(-1 - windows * looksPerWindow));
    const isSteady = first && middle && last && isClose(rateOf(first, middle), rateOf(middle, last));
    if (isSteady || marks.length > steps) return rateOf(first ?? marks[0], last);
  }
}

/** What the clients had reached at a moment. */
interface Mark {
  readonly succeeded: number;
  readonly at: Nanos;
}

const rateOf = (from: Mark | undefined, to: Mark | undefined): number =>
  from === undefined || to === undefined
    ? 0
    : (to.succeeded - from.succeeded) / toSeconds(nanos(to.at - from.at));

const isClose = (before: number, now: number): boolean => Math.abs(now - before) < before * steadyShare;
