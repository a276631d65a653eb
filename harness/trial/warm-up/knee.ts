/**
 * The knee of a healthy cluster: the highest rate of an open load that it bears, by the rule in core/load/knee.ts. What a closed loop
 * reaches is no knee: there every client waits its turn, however long that takes.
 */
import { type Clock, sleep } from "../../../core/clock.ts";
import { CouldNotRunError } from "../../../core/errors.ts";
import { busyEventLoop, lagShareOfP99 } from "../../../core/load/client-limit.ts";
import { type AtRate, type Knee, whyBeyond } from "../../../core/load/knee.ts";
import type { NodeId } from "../../../core/op.ts";
import type { OpenLoad } from "../../../core/run.ts";
import { type Nanos, seconds } from "../../../core/time.ts";
import type { WorkloadRun } from "../../../workloads/workload.ts";
import type { Clients } from "../../load/clients.ts";
import { preloads } from "../../load/last-readers.ts";
import { openedBefore } from "../../load/opened.ts";
import { type Counted, Recorder } from "../../record/recorder.ts";
import { countsSince, quantileOf } from "../../record/running-latency.ts";
import type { Cluster } from "../../runtimes/runtime.ts";
import type { TrialContext } from "../context.ts";
import { putInPlace } from "../preload.ts";

/** The lowest rate, whose p99 the others are held against, and the first that may not be borne: shares of what a closed loop reached. */
const first = { low: 0.1, high: 1 } as const;
/** A rate that is borne is doubled this often at most: a few clients in a closed loop reach far less than many in an open one. */
const doublings = 5;
/** Rates between the two, each halfway between the highest that was borne and the lowest that was not. */
const bisections = 5;
/** The lowest rate is tried this often, and the median of its p99s counts: few operations decide about each. */
const lowTries = 3;
/** A rate that is not borne is tried this often: a hiccup of the machine is not the cluster's knee. */
const tries = 2;
/** Every try is given this long to settle, and is then measured. */
const settleSeconds = 0.5;
const measuredSeconds = 2;

/** `p99` is in nanoseconds. */
interface Tried extends AtRate {
  /** Operations per second. */
  readonly rate: number;
  /** Whether the load generator did not keep up. */
  readonly isClientLimited: boolean;
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
export async function kneeOf(loaded: Loaded, reached: number): Promise<Knee | undefined> {
  const { deps, end, spec } = loaded.context;
  end.signal.throwIfAborted();
  if (spec.knee === undefined) return undefined;
  if (spec.knee !== "measured") return { rate: spec.knee, isClientLimited: spec.kneeClientLimited === true };
  deps.onProgress({
    type: "log",
    line: "measuring the knee: open loops at several rates, for up to a minute",
  });
  await preload(loaded);
  const found = await findKnee(loaded, reached);
  end.signal.throwIfAborted();
  return found;
}

/** What the tries find: a search among records that are not there would be another load. */
async function preload({ context, cluster }: Loaded): Promise<void> {
  const { deps, spec, connect, random } = context;
  const recorder = new Recorder(deps.clock, () => {}, false);
  recorder.begin();
  const preloaded = preloads({
    clock: deps.clock,
    adapter: deps.adapter,
    workload: deps.workload,
    run: runOf(context, cluster),
    endpoints: cluster.nodes.map(({ endpoint }) => endpoint),
    connect,
    connections: spec.connections,
    load: spec.load,
    random: random.fork("knee"),
    recorder,
  });
  await putInPlace(context, preloaded);
}

/** On keys of its own. */
const runOf = ({ workload }: TrialContext, { nodes }: Cluster): WorkloadRun => ({
  ...workload,
  nodes: nodes.map(({ endpoint: { node } }) => node),
  keyPrefix: `${workload.keyPrefix}knee-`,
});

async function findKnee(loaded: Loaded, reached: number): Promise<Knee> {
  const rateAt = (share: number) => Math.max(1, Math.round(reached * share));
  const low = await lowestP99(loaded, rateAt(first.low));
  let [borne, not]: [number, number] = [first.low, first.high];
  let isClientLimited = false;
  const bears = async (share: number) => {
    const tried = await tryToBear(loaded, rateAt(share), low);
    if (whyBeyond(tried, low) === undefined) return true;
    isClientLimited = tried.isClientLimited;
    return false;
  };
  for (let i = 0; i < doublings && (await bears(not)); i++) [borne, not] = [not, not * 2];
  for (let i = 0; i < bisections; i++) {
    const share = (borne + not) / 2;
    if (await bears(share)) borne = share;
    else not = share;
  }
  return { rate: rateAt(borne), isClientLimited };
}

/** The median of several tries, without those in which nothing succeeded. */
async function lowestP99(loaded: Loaded, rate: number): Promise<number> {
  const tried = [await tryLowest(loaded, rate)];
  while (tried.length < lowTries) tried.push(await tryRate(loaded, rate));
  const p99s = tried.map(({ p99 }) => p99).filter((p99) => !Number.isNaN(p99));
  return p99s.sort((a, b) => a - b)[(p99s.length - 1) >> 1] ?? Number.NaN;
}

/** Tries the rate that the others are held against; rejects with CouldNotRunError if it is not borne. */
async function tryLowest(loaded: Loaded, rate: number): Promise<Tried> {
  for (let attempt = 1; ; attempt++) {
    const tried = await tryRate(loaded, rate);
    const why = whyBeyond(tried, tried.p99);
    if (why === undefined) return tried;
    if (attempt < tries) continue;
    const found =
      why === "errors"
        ? `${percent(tried.errors)} of the answers were errors`
        : `only ${percent(tried.done)} were answered`;
    throw new CouldNotRunError(
      `no knee: at ${rate} operations/s, a tenth of what the warm-up reached, ${found}: give --knee N`,
    );
  }
}

/** The first try in which the rate was borne, or the last one. */
async function tryToBear(loaded: Loaded, rate: number, lowP99: number): Promise<Tried> {
  for (let attempt = 1; ; attempt++) {
    const tried = await tryRate(loaded, rate);
    if (attempt === tries || whyBeyond(tried, lowP99) === undefined) return tried;
  }
}

async function tryRate({ context, cluster, targets }: Loaded, rate: number): Promise<Tried> {
  const { deps, spec, connect, end } = context;
  const { clock } = deps;
  const endpoints = cluster.nodes.map(({ endpoint }) => endpoint);
  const recorder = new Recorder(clock, () => {}, false);
  const length = settleSeconds + measuredSeconds;
  const load: OpenLoad = { kind: "open", rate, processes: spec.load.processes, seconds: length };
  const clients = deps.clients.make({
    clock,
    adapter: deps.adapter,
    workload: deps.workload,
    run: runOf(context, cluster),
    endpoints,
    ...(targets !== undefined && { targets }),
    connect,
    connections: spec.connections,
    load,
    opened: openedBefore(load, spec.openedProcesses),
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
    const ended = endedOf(after) - endedOf(before);
    const errors = after.errors - before.errors;
    const p99 = quantileOf(countsSince(after.latency, before.latency), 0.99) ?? Number.NaN;
    const { workers } = await clients.stop();
    return {
      rate,
      // One may be on its way at the end that was not at the begin: of few operations, that is more than a hundredth.
      done: (ended - errors + 1) / (rate * lasted),
      errors: errors / Math.max(1, ended),
      p99,
      isClientLimited: workers.some(
        ({ eventLoopUtilization, sendLagMsP99 }) =>
          eventLoopUtilization > busyEventLoop || sendLagMsP99 * 1e6 > p99 * lagShareOfP99,
      ),
    };
  } finally {
    await clients.close();
  }
}

/** What clients had done at a moment. */
interface Mark extends Counted {
  readonly at: Nanos;
}

/** Workers report their counts with their answer. */
async function markOf(clients: Clients, recorder: Recorder, clock: Clock): Promise<Mark> {
  await clients.succeeded();
  return { at: clock.now(), ...recorder.counted };
}

const endedOf = ({ counts: { ok, fail, info } }: Mark): number => ok + fail + info;

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
