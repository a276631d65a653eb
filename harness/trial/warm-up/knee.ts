/**
 * The knee of a healthy cluster: the highest rate of an open load that it bears, by the rule of a sweep. What a closed loop
 * reaches is no knee: there every client waits its turn, however long that takes.
 */
import { type Clock, sleep } from "../../../core/clock.ts";
import { CouldNotRunError } from "../../../core/errors.ts";
import type { NodeId } from "../../../core/op.ts";
import type { OpenLoad } from "../../../core/run.ts";
import { type Nanos, seconds } from "../../../core/time.ts";
import type { Clients } from "../../load/clients.ts";
import { Recorder } from "../../record/recorder.ts";
import { countsSince, type LatencyCounts, quantileOf } from "../../record/running-latency.ts";
import type { Cluster } from "../../runtimes/runtime.ts";
import type { TrialContext } from "../context.ts";

/** What a rate must fulfil to be borne: see `kneeRule` in reports/data/sweep.ts, which judges sweeps. */
const rule = { done: 0.99, unknown: 0.001, slowdown: 5 } as const;
/** The lowest rate, whose latency the others are held against, and a rate beyond every knee: shares of what a closed loop reached. */
const range = { low: 0.1, high: 1.5 } as const;
/** Rates between them, each halfway between the highest that was borne and the lowest that was not. */
const bisections = 5;
/** A rate that is not borne is tried this often: a hiccup of the machine is not the cluster's knee. */
const tries = 2;
/** Every try is given this long to settle, and is then measured. */
const settleSeconds = 0.5;
const measuredSeconds = 2;

interface Tried {
  /** Operations per second. */
  readonly rate: number;
  /** Share of the requested operations that was sent and answered. A refused comparison is an answer. */
  readonly done: number;
  /** Share of the requested operations of which nobody knows. */
  readonly unknown: number;
  /** Response time; infinite if nothing succeeded. */
  readonly p99Nanos: number;
}

/** What is loaded. */
interface Loaded {
  readonly context: TrialContext;
  readonly cluster: Cluster;
  /** Nodes of the clients; undefined: all. */
  readonly targets: readonly NodeId[] | undefined;
}

/**
 * The knee that the user gave, or asked to have measured; undefined without. `reached`: operations per second of a closed loop.
 * It is measured on keys of its own; nothing of it is in the history. Rejects if not even the lowest rate is borne, and if the run ended.
 */
export async function kneeOf(loaded: Loaded, reached: number): Promise<number | undefined> {
  const { deps, end, spec } = loaded.context;
  end.signal.throwIfAborted();
  if (spec.knee !== "measured") return spec.knee;
  deps.onProgress({
    type: "log",
    line: "measuring the knee: open loops at several rates, for half a minute at most",
  });
  const found = await findKnee(loaded, reached);
  end.signal.throwIfAborted();
  return found;
}

async function findKnee(loaded: Loaded, reached: number): Promise<number> {
  const rateAt = (share: number) => Math.max(1, Math.round(reached * share));
  const lowest = await tryRate(loaded, rateAt(range.low));
  if (!isBorne(lowest, lowest))
    throw new CouldNotRunError(
      `no knee: at ${lowest.rate} operations/s, a tenth of what the warm-up reached, ${percent(lowest.done)} were answered: give --knee N`,
    );
  let [borne, not]: [number, number] = [range.low, range.high];
  for (let i = 0; i < bisections; i++) {
    const share = (borne + not) / 2;
    if (await bears(loaded, rateAt(share), lowest)) borne = share;
    else not = share;
  }
  return rateAt(borne);
}

async function bears(loaded: Loaded, rate: number, lowest: Tried): Promise<boolean> {
  for (let attempt = 1; attempt <= tries; attempt++)
    if (isBorne(await tryRate(loaded, rate), lowest)) return true;
  return false;
}

const isBorne = ({ done, unknown, p99Nanos }: Tried, lowest: Tried): boolean =>
  done >= rule.done && unknown < rule.unknown && p99Nanos <= lowest.p99Nanos * rule.slowdown;

async function tryRate({ context, cluster, targets }: Loaded, rate: number): Promise<Tried> {
  const { deps, spec, connect, end, workload } = context;
  const { clock } = deps;
  const endpoints = cluster.nodes.map(({ endpoint }) => endpoint);
  const recorder = new Recorder(clock, () => {}, false);
  const length = settleSeconds + measuredSeconds;
  const load: OpenLoad = { kind: "open", rate, processes: spec.load.processes, seconds: length };
  const clients = deps.clients.make({
    clock,
    adapter: deps.adapter,
    workload: deps.workload,
    run: { ...workload, nodes: endpoints.map(({ node }) => node), keyPrefix: `${workload.keyPrefix}knee-` },
    endpoints,
    ...(targets !== undefined && { targets }),
    connect,
    connections: spec.connections,
    load,
    opened: spec.openedProcesses,
    seed: spec.seed,
    phase: "warm-up",
    records: { recorder },
    onError: end.fail,
  });
  try {
    await clients.open();
    const begin = clock.now();
    recorder.begin(begin);
    clients.start(begin);
    await sleep(clock, seconds(settleSeconds), end.signal);
    const before = await markOf(clients, recorder, clock);
    await sleep(clock, seconds(measuredSeconds), end.signal);
    const after = await markOf(clients, recorder, clock);
    const lasted = (after.at - before.at) / 1e9;
    const answered = after.answered - before.answered;
    return {
      rate,
      done: answered / (rate * lasted),
      unknown: (after.unknown - before.unknown) / (rate * lasted),
      p99Nanos: quantileOf(countsSince(after.latency, before.latency), 0.99) ?? Number.POSITIVE_INFINITY,
    };
  } finally {
    await clients.close();
  }
}

/** What clients had done at a moment. */
interface Mark {
  readonly at: Nanos;
  readonly answered: number;
  readonly unknown: number;
  readonly latency: LatencyCounts;
}

/** Workers report their counts with their answer. */
async function markOf(clients: Clients, recorder: Recorder, clock: Clock): Promise<Mark> {
  await clients.succeeded();
  const { counts, latency } = recorder;
  return { at: clock.now(), answered: counts.ok + counts.fail, unknown: counts.info, latency };
}

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
