/** A ready cluster's trial: load and faults, then quiet, then the last reads. */
import type { Observer } from "../../adapters/client/observer.ts";
import { assert } from "../../core/assert.ts";
import { sleep } from "../../core/clock.ts";
import type { FaultChange, Phase } from "../../core/harness-event.ts";
import type { NodeId } from "../../core/op.ts";
import type { Calibration, Growth, Load, Target } from "../../core/run.ts";
import { type Nanos, nanos, seconds } from "../../core/time.ts";
import type { Clients } from "../load/clients.ts";
import { type LastReads, lastReads, preloads } from "../load/last-readers.ts";
import { openedBefore } from "../load/opened.ts";
import type { LoadSummary } from "../load/summary.ts";
import { nodesInRole } from "../load/target.ts";
import { FaultSchedule } from "../nemesis/schedule.ts";
import type { Cluster, ClusterNode } from "../runtimes/runtime.ts";
import { askAtRest, recordDigests } from "./at-rest.ts";
import { clientCeiling } from "./ceiling.ts";
import type { TrialContext } from "./context.ts";
import { gather } from "./gather.ts";
import { healEverything } from "./heal.ts";
import { growthOf, putInPlace } from "./preload.ts";
import { unreadyNodes } from "./readiness.ts";
import { chooseRate } from "./warm-up/calibrate.ts";
import { kneeOf } from "./warm-up/knee.ts";
import { warmUp } from "./warm-up/warm-up.ts";
import { Watch } from "./watch.ts";

/** The last reads may not take longer, however many there are. */
const finalSeconds = 10;

/** Takes `cluster` through all phases and records it. Calls `onLoadEnd` as soon as the load is over, however it ended. */
export async function runPhases(
  context: TrialContext,
  cluster: Cluster,
  observer: Observer,
  onLoadEnd: (summary: LoadSummary) => void,
): Promise<void> {
  const phases = new Phases(context, cluster, observer);
  try {
    await phases.warmUp();
    await phases.measureCeiling();
    await phases.preload();
    await phases.open();
    try {
      await phases.main();
      await phases.quiet();
    } finally {
      onLoadEnd(await phases.endLoad());
    }
    await phases.final();
    await phases.rest();
  } finally {
    await phases.close();
  }
}

class Phases {
  readonly #context: TrialContext;
  readonly #cluster: Cluster;
  readonly #observer: Observer;
  readonly #schedule: FaultSchedule;
  readonly #watch: Watch;
  #load: Load;
  #calibration: Calibration | undefined;
  #ceiling: number | undefined;
  #target: Target | undefined;
  #growth: Growth | undefined;
  #clients: Clients | undefined;
  /** What is asked in the final phase; none before it. */
  #last: readonly LastReads[] = [];
  #lost: readonly NodeId[] = [];
  /** A reading of the clock. */
  #loadEndedAt = nanos(0);

  constructor(context: TrialContext, cluster: Cluster, observer: Observer) {
    const { spec, deps, random, end } = context;
    this.#context = context;
    this.#cluster = cluster;
    this.#load = spec.load;
    this.#observer = observer;
    this.#schedule = new FaultSchedule({
      steps: deps.nemeses,
      faultSeconds: spec.faultSeconds,
      gapSeconds: spec.gapSeconds,
      calmSeconds: spec.calmSeconds ?? 0,
      clock: deps.clock,
      cluster,
      clients: deps.clients,
      random: random.fork("nemesis"),
      signal: end.signal,
      overtime: seconds(spec.recoverySeconds),
      leader: () => this.#watch.leader(),
      operator: {
        admin: (node) => {
          const endpoint = cluster.nodes.find(({ id }) => id === node)?.endpoint;
          return endpoint && deps.adapter.admin?.(endpoint, context.connect);
        },
        compacting: (value) => context.recorder.harness({ f: "compaction", value }),
        snapshotReceived: deps.adapter.deployment.snapshotReceived,
      },
      recovered: () => this.#recovered().then(() => {}),
      failover: (struck) => this.#watch.failover(struck),
      ...spec.endings,
      onFault: (name, change, since) => this.#onFault(name, change, since),
    });
    this.#watch = new Watch(context, cluster, observer, () => this.#schedule.faults);
  }

  /** Chooses the rate, where the user named none. */
  async warmUp(): Promise<void> {
    const { spec, deps, dir } = this.#context;
    if (spec.warmUpSeconds === 0) return;
    deps.onProgress({ type: "stage", stage: "warming-up", dir: dir.path });
    const targets = await this.#targets();
    const reached = await warmUp(this.#context, this.#cluster, targets);
    const knee = await kneeOf({ context: this.#context, cluster: this.#cluster, targets }, reached);
    if (spec.load.kind !== "open") return;
    const chosen = chooseRate(spec.load, spec, { reached, knee });
    if (chosen === undefined) return;
    ({ load: this.#load, calibration: this.#calibration } = chosen);
    if (chosen.line !== undefined) deps.onProgress({ type: "log", line: chosen.line });
  }

  /** Puts in place what the load will find. */
  async preload(): Promise<void> {
    const { deps, dir, random, recorder } = this.#context;
    const preloaded = preloads({ ...this.#base, load: this.#load, random, recorder });
    if (preloaded.length === 0) return;
    deps.onProgress({ type: "stage", stage: "preloading", dir: dir.path });
    recorder.prepare();
    this.#growth = await growthOf(this.#cluster.nodes, preloaded, () => putInPlace(this.#context, preloaded));
  }

  /** Measures how fast the clients alone are, where the load is as fast as they can. */
  async measureCeiling(): Promise<void> {
    if (this.#load.kind !== "closed") return;
    this.#ceiling = await clientCeiling(this.#context, this.#cluster, await this.#targets());
  }

  async open(): Promise<void> {
    const { spec, deps, dir, recorder, end } = this.#context;
    const targets = await this.#targets();
    if (spec.target !== undefined && targets !== undefined)
      this.#target = { role: spec.target, nodes: targets };
    this.#clients = deps.clients.make({
      ...this.#base,
      ...(targets !== undefined && { targets }),
      load: this.#load,
      opened: openedBefore(this.#load, spec.openedProcesses),
      seed: spec.seed,
      phase: "main",
      ...sourcesOf(this.#cluster),
      records: { recorder, part: (name) => dir.part(name) },
      onError: end.fail,
    });
    await this.#clients.open();
    end.signal.throwIfAborted();
  }

  async main(): Promise<void> {
    const { spec, deps, recorder } = this.#context;
    const begin = deps.clock.now();
    const until = nanos(begin + seconds(spec.load.seconds));
    recorder.begin(begin);
    this.#enter("main", until);
    this.#watch.start();
    this.#made.start(begin);
    await this.#schedule.run(until);
  }

  /** Everything heals; the load goes on until every node serves again. */
  async quiet(): Promise<void> {
    const { spec, deps, end } = this.#context;
    const begin = deps.clock.now();
    this.#enter("quiet", nanos(begin + seconds(Math.max(spec.quietSeconds, spec.recoverySeconds))));
    const unhealed: unknown[] = [];
    await healEverything(this.#cluster, deps.clients, (reason) => unhealed.push(reason));
    if (unhealed.length > 0) throw unhealed[0];
    this.#lost = await this.#recovered();
    const left = nanos(begin + seconds(spec.quietSeconds) - deps.clock.now());
    if (left > 0) await sleep(deps.clock, left, end.signal);
  }

  /** No more load; what was asked is answered or given up, and the history is in one piece. */
  async endLoad(): Promise<LoadSummary> {
    const { deps, recorder } = this.#context;
    recorder.harness({ f: "phase", value: "ending" });
    const loadEndedAt = recorder.now();
    const { unsent, workers } = await this.#made.stop();
    this.#loadEndedAt = deps.clock.now();
    await gather(this.#context);
    const { stride, loadProcesses } = this.#made.numbering;
    return {
      loadEndedAt,
      load: this.#load,
      stride,
      loadProcesses,
      unsent: unsent.map((one) => ({ ...one, at: recorder.since(one.at) })),
      calibration: this.#calibration,
      workers,
      ...(this.#ceiling !== undefined && { ceiling: this.#ceiling }),
      ...(this.#target !== undefined && { target: this.#target }),
      ...(this.#growth !== undefined && { growth: this.#growth }),
      lost: this.#lost,
    };
  }

  /** Everything is read once more, at every node, by a few of its processes. */
  async final(): Promise<void> {
    const { deps, random, recorder, end } = this.#context;
    const until = nanos(deps.clock.now() + seconds(finalSeconds));
    this.#enter("final", until);
    this.#last = lastReads({ ...this.#base, load: this.#load, random, recorder }, recorder.history);
    await Promise.all(
      this.#last.flatMap(({ readers, calls }) =>
        readers.map(async (process) => {
          for (const call of calls) {
            if (deps.clock.now() >= until || end.signal.aborted) return;
            await process.perform(call, { whileRefused: "wait" });
          }
        }),
      ),
    );
    end.signal.throwIfAborted();
  }

  /** Asks each node for its own values, until all agree on the newest or the time to catch up is over. */
  async rest(): Promise<void> {
    const { spec, end } = this.#context;
    const until = nanos(this.#loadEndedAt + seconds(spec.convergenceSeconds));
    this.#watch.stage("final", until);
    await Promise.all(this.#last.map((last) => askAtRest(this.#context, { ...last, until })));
    await recordDigests(this.#context, this.#cluster.nodes);
    end.signal.throwIfAborted();
  }

  /** The nodes that clients which start now are pinned to; undefined: all. */
  async #targets(): Promise<readonly NodeId[] | undefined> {
    const { spec, deps, end } = this.#context;
    if (spec.target === undefined) return undefined;
    const nodes = this.#cluster.nodes.map(({ id }) => id);
    return nodesInRole(spec.target, nodes, this.#observer, { clock: deps.clock, signal: end.signal });
  }

  get #made(): Clients {
    assert(this.#clients !== undefined, "clients before they were made");
    return this.#clients;
  }

  /** What all clients of the run are made of. */
  get #base() {
    const { spec, deps, connect, workload } = this.#context;
    const endpoints = this.#cluster.nodes.map(({ endpoint }) => endpoint);
    return {
      clock: deps.clock,
      adapter: deps.adapter,
      workload: deps.workload,
      run: { ...workload, nodes: endpoints.map(({ node }) => node) },
      endpoints,
      connect,
      connections: spec.connections,
    };
  }

  async close(): Promise<void> {
    await this.#watch.stop();
    await this.#clients?.close();
    await Promise.all(this.#last.flatMap(({ readers }) => readers.map((process) => process.close())));
  }

  #enter(phase: Exclude<Phase, "ending">, until: Nanos): void {
    const { deps, dir, recorder } = this.#context;
    recorder.harness({ f: "phase", value: phase });
    deps.onProgress({ type: "stage", stage: phase, dir: dir.path });
    this.#watch.stage(phase, until);
  }

  /** Resolves with the nodes that did not come back in time. */
  async #recovered(): Promise<readonly NodeId[]> {
    const { spec, deps, end } = this.#context;
    const unready = await unreadyNodes(this.#cluster, {
      clock: deps.clock,
      signal: end.signal,
      limitSeconds: spec.recoverySeconds,
      ready: (node: ClusterNode) => this.#observer.ready(node.id),
    });
    return unready.map((node) => node.id);
  }

  #onFault(name: string, change: FaultChange, since?: Nanos): void {
    this.#context.recorder.harness({
      f: "fault",
      name,
      value: change,
      ...(since !== undefined && { since: this.#context.recorder.since(since) }),
    });
    this.#context.deps.onProgress({ type: "fault", name, change });
  }
}

const sourcesOf = ({ workerAddresses: sources }: Cluster) => (sources === undefined ? {} : { sources });
