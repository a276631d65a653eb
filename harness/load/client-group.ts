/** The clients of one share of a run: for each role of the workload its actors, which take the nodes in turn, and what paces them. */
import type { Adapter, ConnectOptions, Endpoint } from "../../adapters/adapter.ts";
import type { Capability, Connect } from "../../adapters/client/client.ts";
import { assert } from "../../core/assert.ts";
import type { Clock } from "../../core/clock.ts";
import type { NodeId } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import { isOfLoad, type Load, type OpenLoad as OpenLoadSpec } from "../../core/run.ts";
import type { Nanos } from "../../core/time.ts";
import type { Actor, Self, Share, Workload, WorkloadRun } from "../../workloads/workload.ts";
import type { Recorder } from "../record/recorder.ts";
import { arrivalsOf } from "./arrivals.ts";
import { ClientProcess, type Place } from "./client-process.ts";
import { ClosedLoad } from "./closed-load.ts";
import type { LoadContext, LoadDriver, Unsent } from "./load.ts";
import {
  generationOffset,
  isLoad,
  isOfShare,
  isStanding,
  type Numbering,
  numberProcesses,
  partOf,
} from "./numbering.ts";
import { OpenLoad } from "./open-load.ts";
import type { Retries } from "./retries.ts";
import { StandingLoad } from "./standing-load.ts";

export interface GroupContext {
  readonly clock: Clock;
  readonly adapter: Pick<Adapter, "connect" | "share">;
  readonly workload: Workload;
  readonly run: WorkloadRun;
  /** Addresses of the nodes, in their order. */
  readonly endpoints: readonly Endpoint[];
  /** Nodes that the clients are pinned to; absent: all. */
  readonly targets?: readonly NodeId[];
  readonly connect: ConnectOptions;
  /** Connections to each node that the clients share; absent: each has its own. */
  readonly connections?: number | undefined;
  /** The whole run's. */
  readonly load: Load;
  /** Processes of an open loop that are connected before it begins, in the whole run. */
  readonly opened: number;
  /** The whole run's. */
  readonly random: Random;
  readonly share: Share;
  readonly recorder: Recorder;
  /** Called with a bug of ours (an actor or recorder that threw); that process asks nothing more. */
  onError(reason: unknown): void;
}

/** Where a role's process stands: its number within the share, the first id of the role's processes, its node. */
interface Position {
  readonly slot: number;
  readonly first: number;
  readonly node: NodeId;
  readonly random: Random;
}

/** What all client processes of a run are made of. */
type ProcessParts = Pick<GroupContext, "clock" | "recorder" | "workload" | "endpoints" | "connect"> & {
  readonly connectTo: Connect;
};

export class ClientGroup {
  readonly numbering: Numbering;
  readonly #context: GroupContext & ProcessParts;
  readonly #load: LoadDriver | undefined;
  readonly #standing: readonly StandingLoad[];

  /** Makes the processes; none is connected yet. */
  constructor(context: GroupContext) {
    const { clock, workload, run, endpoints, load, opened, share, onError } = context;
    this.#context = { ...context, connectTo: connectOf(context) };
    const random = randomOf(context);
    const roles = workload.roles(run, random.fork("workload"), share);
    const [loadRole, ...more] = roles.filter(isLoad);
    assert(more.length === 0, `workload ${workload.name} has more than one role that is the load`);
    this.numbering = numberProcesses(roles, load, endpoints.length);
    const loadRandom = random.fork("load");
    const { first, size } = partOf(load.processes, share);
    const all = endpoints.map(({ node }) => node);
    const { targets = all } = context;
    this.#load =
      loadRole &&
      driverOf(load, context.random, {
        clock,
        share,
        nodes: targets,
        bound: size,
        opened: partOf(opened, share).size,
        // The clients of a closed loop take turns over all shares; an open one picks among those of a node, in each share.
        make: (slot) =>
          this.#make(loadRole, {
            slot,
            first,
            random: loadRandom,
            node: nodeAt(load.kind === "closed" ? first + slot : slot, targets),
          }),
        onError,
      });
    this.#standing = roles.flatMap((role, place) => {
      if (!isStanding(role)) return [];
      const first = this.numbering.standing[place] as number;
      const roleRandom = random.fork(`role-${role.name}`);
      const slots = Array.from({ length: role.processes.perNode * all.length }, (_, slot) => slot);
      const processes = slots
        .filter((slot) => isOfShare(slot, all.length, share) && targets.includes(nodeAt(slot, all)))
        .map((slot) => this.#make(role, { first, random: roleRandom, slot, node: nodeAt(slot, all) }));
      return [new StandingLoad({ clock, processes, onError })];
    });
  }

  /** From now on the recorder counts what the load does, and nothing that standing processes do. */
  countLoad(): void {
    const { stride, loadProcesses: processes } = this.numbering;
    if (processes > 0)
      this.#context.recorder.countOnly((process) => isOfLoad(process, { stride, processes }));
  }

  /** Connects some processes ahead of their first operations. */
  async open(): Promise<void> {
    const standing = this.#standing.flatMap((load) => load.processes.map((process) => process.open()));
    await Promise.all([this.#load?.open(), ...standing]);
  }

  /** Begins to ask, at once. `begin`: reading of the clock from which the schedule counts; `from`: since when this share has had no clients. */
  start(begin: Nanos, from = begin): void {
    this.#load?.start(begin, from);
    for (const load of this.#standing) load.start();
  }

  /** Says that the process may be stopped from now on, or that it no longer is. */
  mayStop(may: boolean): void {
    this.#load?.mayStop(may);
  }

  /** Asks nothing more; resolves when what was asked is answered or given up. Safe to call twice. */
  async stop(): Promise<void> {
    await Promise.all([this.#load?.stop(), ...this.#standing.map((load) => load.stop())]);
  }

  /** Closes the clients' connections and sessions. */
  async close(): Promise<void> {
    const all = [this.#load, ...this.#standing];
    await Promise.all(all.flatMap((load) => load?.processes ?? []).map((process) => process.close()));
  }

  /** Operations of the load that succeeded so far. */
  get succeeded(): number {
    return this.#load?.succeeded ?? 0;
  }

  /** Actual minus intended start of operations, milliseconds: the generator's own lateness. */
  get sendLagMsP99(): number {
    const lag = this.#load?.sendLag;
    return lag === undefined || lag.totalCount === 0 ? 0 : lag.getValueAtPercentile(99) / 1000;
  }

  get unsent(): readonly Unsent[] {
    return this.#load?.unsent ?? [];
  }

  /** The process at `slot` of those of a role in this share, whose ids begin at `first`. */
  #make<Step>(
    role: { actor(self: Self): Actor<Capability, Step> },
    { slot, first, random, node }: Position,
  ): ClientProcess<Step> {
    const { share } = this.#context;
    const actor = role.actor({ node, slot, random: random.fork(`process-${slot}`) });
    const id = first + slot + generationOffset(this.numbering, share);
    return clientProcess(this.#context, { id, stride: this.numbering.stride, node }, actor);
  }
}

/** The nodes take turns. */
function nodeAt(slot: number, nodes: readonly NodeId[]): NodeId {
  const node = nodes[slot % nodes.length];
  assert(node !== undefined, "clients without nodes");
  return node;
}

/** How the clients of one process connect. Each call makes others, which share nothing with those of the one before. */
export function connectOf({ adapter, connections }: Pick<GroupContext, "adapter" | "connections">): Connect {
  if (connections === undefined) return adapter.connect;
  assert(adapter.share !== undefined, "the system's clients cannot share connections");
  return adapter.share(connections);
}

/** The client process at a place. */
export function clientProcess<Step>(
  { clock, recorder, connectTo, workload, endpoints, connect }: ProcessParts,
  place: Place,
  actor: Actor<Capability, Step>,
): ClientProcess<Step> {
  const endpoint = endpoints.find(({ node }) => node === place.node);
  assert(endpoint !== undefined, `no node ${place.node}`);
  const context = {
    clock,
    recorder,
    timeoutMs: connect.timeoutMs,
    connect: () => connectTo(endpoint, workload.requires, connect),
  };
  return new ClientProcess(context, place, actor);
}

/** One worker draws what the run draws; each of several draws for itself. */
function randomOf({ random, share: { index, of, generation } }: GroupContext): Random {
  const own = of === 1 ? random : random.fork(`share-${index}-of-${of}`);
  return generation === 0 ? own : own.fork(`generation-${generation}`);
}

const driverOf = (load: Load, random: Random, context: LoadContext): LoadDriver =>
  load.kind === "open"
    ? new OpenLoad(context, arrivalsOf(load, context.share, random), retriesOf(load, context.share, random))
    : new ClosedLoad(context);

const retriesOf = (
  { retries = 0 }: OpenLoadSpec,
  { index, of }: Share,
  random: Random,
): Retries | undefined =>
  retries === 0 ? undefined : { most: retries, random: random.fork(`retries-${index}-of-${of}`) };
