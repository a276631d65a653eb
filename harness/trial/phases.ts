/** A ready cluster's trial: load and faults, then quiet, then the last reads. */
import type { Observer } from "../../adapters/client/observer.ts";
import { sleep } from "../../core/clock.ts";
import type { FaultChange, Phase } from "../../core/harness-event.ts";
import type { NodeId } from "../../core/op.ts";
import { type Nanos, nanos, seconds } from "../../core/time.ts";
import type { ClientLoad } from "../load/client-probe.ts";
import type { ClientProcess } from "../load/client-process.ts";
import { LoadGenerator } from "../load/load-generator.ts";
import { StandingLoad } from "../load/standing-load.ts";
import { FaultSchedule } from "../nemesis/schedule.ts";
import type { Cluster, ClusterNode } from "../runtimes/runtime.ts";
import { askAtRest, recordDigests } from "./at-rest.ts";
import type { TrialContext } from "./context.ts";
import { healEverything } from "./heal.ts";
import { makeProcesses, type TrialProcesses } from "./processes.ts";
import { unreadyNodes } from "./readiness.ts";
import { Watch } from "./watch.ts";

/** How the load went, as far as the history does not say. Times count from the run's begin. */
export interface LoadSummary {
  readonly loadEndedAt: Nanos;
  /** Distance between the ids of a chain of processes: those of the load are the first ones modulo this. */
  readonly stride: number;
  readonly sendLagMsP99: number;
  /** Operations that were due and never sent. */
  readonly backlog: number;
  readonly client: ClientLoad;
  /** Nodes that did not serve again after everything was healed. */
  readonly lost: readonly NodeId[];
}

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
  readonly #processes: TrialProcesses;
  readonly #load: LoadGenerator;
  readonly #standing: StandingLoad;
  readonly #schedule: FaultSchedule;
  readonly #watch: Watch;
  #lost: readonly NodeId[] = [];
  /** A reading of the clock. */
  #loadEndedAt = nanos(0);

  constructor(context: TrialContext, cluster: Cluster, observer: Observer) {
    const { spec, deps, random, end } = context;
    this.#context = context;
    this.#cluster = cluster;
    this.#observer = observer;
    this.#processes = makeProcesses(context, cluster);
    const { clock } = deps;
    const { load, standing } = this.#processes;
    this.#load = new LoadGenerator({ clock, load: spec.load, processes: load, onError: end.fail });
    this.#standing = new StandingLoad({ clock, processes: standing, onError: end.fail });
    this.#schedule = new FaultSchedule({
      steps: deps.nemeses,
      faultSeconds: spec.faultSeconds,
      gapSeconds: spec.gapSeconds,
      clock: deps.clock,
      cluster,
      random: random.fork("nemesis"),
      signal: end.signal,
      overtime: seconds(spec.recoverySeconds),
      leader: () => this.#watch.leader(),
      recovered: () => this.#recovered().then(() => {}),
      onFault: (name, change) => this.#onFault(name, change),
    });
    this.#watch = new Watch(context, cluster, observer, () => this.#schedule.faults);
  }

  async open(): Promise<void> {
    await Promise.all(this.#all.map((process) => process.open()));
    this.#context.end.signal.throwIfAborted();
  }

  async main(): Promise<void> {
    const { spec, deps, recorder } = this.#context;
    const until = nanos(deps.clock.now() + seconds(spec.load.seconds));
    recorder.begin();
    this.#enter("main", until);
    this.#watch.start();
    deps.probe.start();
    this.#load.start();
    this.#standing.start();
    await this.#schedule.run(until);
  }

  /** Everything heals; the load goes on until every node serves again. */
  async quiet(): Promise<void> {
    const { spec, deps, end } = this.#context;
    const begin = deps.clock.now();
    this.#enter("quiet", nanos(begin + seconds(Math.max(spec.quietSeconds, spec.recoverySeconds))));
    const unhealed: unknown[] = [];
    await healEverything(this.#cluster, (reason) => unhealed.push(reason));
    if (unhealed.length > 0) throw unhealed[0];
    this.#lost = await this.#recovered();
    const left = nanos(begin + seconds(spec.quietSeconds) - deps.clock.now());
    if (left > 0) await sleep(deps.clock, left, end.signal);
  }

  /** No more load; what was asked is answered or given up. */
  async endLoad(): Promise<LoadSummary> {
    const { deps, recorder } = this.#context;
    const loadEndedAt = recorder.now();
    await Promise.all([this.#load.stop(), this.#standing.stop()]);
    this.#loadEndedAt = deps.clock.now();
    return {
      loadEndedAt,
      stride: this.#all.length,
      sendLagMsP99: this.#load.sendLagMsP99,
      backlog: this.#load.backlog,
      client: deps.probe.stop(),
      lost: this.#lost,
    };
  }

  /** Everything is read once more, at every node, by a few of its processes. */
  async final(): Promise<void> {
    const { deps, end } = this.#context;
    const until = nanos(deps.clock.now() + seconds(finalSeconds));
    this.#enter("final", until);
    await Promise.all(
      this.#processes.lastReads.flatMap(({ readers, calls }) => {
        const last = calls();
        return readers.map(async (process) => {
          for (const call of last) {
            if (deps.clock.now() >= until || end.signal.aborted) return;
            await process.perform(call, { whileRefused: "wait" });
          }
        });
      }),
    );
    end.signal.throwIfAborted();
  }

  /** Every node is asked what it holds itself, until all agree on the newest or the time to catch up is over. */
  async rest(): Promise<void> {
    const { spec, end } = this.#context;
    const until = nanos(this.#loadEndedAt + seconds(spec.convergenceSeconds));
    this.#watch.stage("final", until);
    await Promise.all(
      this.#processes.lastReads.map(({ readers, calls }) =>
        askAtRest(this.#context, { readers, calls: calls(), until }),
      ),
    );
    await recordDigests(this.#context, this.#cluster.nodes);
    end.signal.throwIfAborted();
  }

  get #all(): readonly ClientProcess[] {
    return [...this.#processes.load, ...this.#processes.standing];
  }

  async close(): Promise<void> {
    await this.#watch.stop();
    await Promise.all(this.#all.map((process) => process.close()));
  }

  #enter(phase: Phase, until: Nanos): void {
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

  #onFault(name: string, change: FaultChange): void {
    this.#context.recorder.harness({ f: "fault", name, value: change });
    this.#context.deps.onProgress({ type: "fault", name, change });
  }
}
