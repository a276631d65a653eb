/** A ready cluster's trial: load and faults, then quiet, then the last reads. */
import type { Capability, ClientWith } from "../../adapters/client/client.ts";
import { assert } from "../../core/assert.ts";
import { sleep } from "../../core/clock.ts";
import type { FaultChange, Phase } from "../../core/harness-event.ts";
import type { Call, NodeId } from "../../core/op.ts";
import { millis, type Nanos, nanos, seconds } from "../../core/time.ts";
import type { Generator } from "../../workloads/workload.ts";
import type { ClientLoad } from "../load/client-probe.ts";
import { ClientProcess } from "../load/client-process.ts";
import { LoadGenerator } from "../load/load-generator.ts";
import { FaultSchedule } from "../nemesis/schedule.ts";
import type { Cluster, ClusterNode } from "../runtimes/runtime.ts";
import { askAtRest, recordDigests } from "./at-rest.ts";
import type { TrialContext } from "./context.ts";
import { healEverything } from "./heal.ts";
import { unreadyNodes } from "./readiness.ts";
import { Watch } from "./watch.ts";

/** What the load was, beside its history. Times count from the run's begin. */
export interface Driven {
  readonly loadEndedAt: Nanos;
  readonly sendLagMsP99: number;
  /** Operations that were due and never sent. */
  readonly backlog: number;
  readonly client: ClientLoad;
  /** Nodes that did not serve again after everything was healed. */
  readonly lost: readonly NodeId[];
}

/** The last reads may not take longer, however many there are. */
const finalSeconds = 10;
/** This many processes of each node do them: a crowd would see no more. */
const finalReadersPerNode = 4;

/** Drives `cluster` and records it. Tells `onLoadEnd` as soon as the load is over, however it ended. */
export async function drive(
  context: TrialContext,
  cluster: Cluster,
  onLoadEnd: (driven: Driven) => void,
): Promise<void> {
  const drive = new Drive(context, cluster);
  try {
    await drive.open();
    try {
      await drive.main();
      await drive.quiet();
    } finally {
      onLoadEnd(await drive.endLoad());
    }
    await drive.final();
    await drive.rest();
  } finally {
    await drive.close();
  }
}

class Drive {
  readonly #context: TrialContext;
  readonly #cluster: Cluster;
  readonly #generator: Generator;
  readonly #processes: readonly ClientProcess[];
  readonly #load: LoadGenerator;
  readonly #schedule: FaultSchedule;
  readonly #watch: Watch;
  #lost: readonly NodeId[] = [];
  /** A reading of the clock. */
  #loadEndedAt = nanos(0);

  constructor(context: TrialContext, cluster: Cluster) {
    const { spec, deps, random, end } = context;
    this.#context = context;
    this.#cluster = cluster;
    this.#generator = deps.workload.generator(context.workload, random.fork("workload"));
    this.#processes = makeProcesses(context, cluster, this.#generator);
    this.#load = new LoadGenerator({
      clock: deps.clock,
      load: spec.load,
      generator: this.#generator,
      random: random.fork("load"),
      processes: this.#processes,
      onError: end.fail,
    });
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
    this.#watch = new Watch(context, cluster, () => this.#schedule.faults);
  }

  async open(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.open()));
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
  async endLoad(): Promise<Driven> {
    const { deps, recorder } = this.#context;
    const loadEndedAt = recorder.now();
    await this.#load.stop();
    this.#loadEndedAt = deps.clock.now();
    return {
      loadEndedAt,
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
    const calls = this.#generator.final();
    await Promise.all(
      this.#readers.map(async (process) => {
        for (const call of calls) {
          if (deps.clock.now() >= until || end.signal.aborted) return;
          await process.perform(call, { whileRefused: "wait" });
        }
      }),
    );
    end.signal.throwIfAborted();
  }

  /** Every node is asked what it holds itself, until all agree on the newest or the time to catch up is over. */
  async rest(): Promise<void> {
    const { spec, end } = this.#context;
    const until = nanos(this.#loadEndedAt + seconds(spec.convergenceSeconds));
    this.#watch.stage("final", until);
    await askAtRest(this.#context, { readers: this.#readers, calls: this.#generator.final(), until });
    await recordDigests(this.#context, this.#cluster.nodes);
    end.signal.throwIfAborted();
  }

  get #readers(): readonly ClientProcess[] {
    return this.#processes.slice(0, finalReadersPerNode * this.#cluster.nodes.length);
  }

  async close(): Promise<void> {
    await this.#watch.stop();
    await Promise.all(this.#processes.map((process) => process.close()));
  }

  #enter(phase: Phase, until: Nanos): void {
    const { deps, dir, recorder } = this.#context;
    recorder.harness({ f: "phase", value: phase });
    deps.onProgress({ type: "stage", stage: phase, dir: dir.path });
    this.#watch.stage(phase, until);
  }

  /** Resolves with the nodes that did not come back in time. */
  async #recovered(): Promise<readonly NodeId[]> {
    const { spec, deps, connect, end } = this.#context;
    const unready = await unreadyNodes(this.#cluster, {
      clock: deps.clock,
      signal: end.signal,
      limitSeconds: spec.recoverySeconds,
      ready: (node: ClusterNode) => deps.adapter.ready(node.endpoint, connect),
    });
    return unready.map((node) => node.id);
  }

  #onFault(name: string, change: FaultChange): void {
    this.#context.recorder.harness({ f: "fault", name, value: change });
    this.#context.deps.onProgress({ type: "fault", name, change });
  }
}

/** Processes take the nodes in turn. */
function makeProcesses(context: TrialContext, cluster: Cluster, generator: Generator): ClientProcess[] {
  const { spec, deps, recorder, connect, workload } = context;
  const endpoints = new Map(cluster.nodes.map((node) => [node.id, node.endpoint]));
  const processContext = {
    clock: deps.clock,
    recorder,
    generator,
    timeout: millis(spec.operationTimeoutMs),
    connect(node: NodeId): Promise<ClientWith<Capability>> {
      const endpoint = endpoints.get(node);
      assert(endpoint !== undefined, `a client of the unknown node ${node}`);
      return deps.adapter.connect(endpoint, deps.workload.requires, connect);
    },
    perform: (client: ClientWith<Capability>, call: Call) => deps.workload.perform(client, call, workload),
  };
  return Array.from({ length: spec.load.processes }, (_, slot) => {
    const node = cluster.nodes[slot % cluster.nodes.length];
    assert(node !== undefined, "a cluster without nodes");
    return new ClientProcess(processContext, { slot, stride: spec.load.processes, node: node.id });
  });
}
