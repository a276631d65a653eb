/** The clients of a run: for each role of the workload its actors, which take the nodes in turn, and what paces them. */
import type { Adapter, ConnectOptions, Endpoint } from "../../adapters/adapter.ts";
import type { Capability } from "../../adapters/client/client.ts";
import { assert } from "../../core/assert.ts";
import type { Clock } from "../../core/clock.ts";
import type { Call } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import type { Load } from "../../core/run.ts";
import type {
  Actor,
  LoadRole,
  Role,
  Self,
  StandingRole,
  Workload,
  WorkloadRun,
} from "../../workloads/workload.ts";
import type { Recorder } from "../record/recorder.ts";
import { ClientProcess } from "./client-process.ts";
import { ClosedLoad } from "./closed-load.ts";
import type { LoadContext, LoadDriver, Unsent } from "./load.ts";
import { OpenLoad } from "./open-load.ts";
import { StandingLoad } from "./standing-load.ts";

export interface GroupContext {
  readonly clock: Clock;
  readonly adapter: Pick<Adapter, "connect">;
  readonly workload: Workload;
  readonly run: WorkloadRun;
  /** Addresses of the nodes, in their order. */
  readonly endpoints: readonly Endpoint[];
  readonly connect: ConnectOptions;
  readonly load: Load;
  /** Processes of an open loop that are connected before it begins. */
  readonly opened: number;
  readonly random: Random;
  readonly recorder: Recorder;
  /** Called with a bug of ours (an actor or recorder that threw); that process asks nothing more. */
  onError(reason: unknown): void;
}

/** Calls of the final phase through some of a role's processes. */
export interface LastReads {
  readonly readers: readonly ClientProcess[];
  readonly calls: readonly Call[];
}

/** This many processes of each node do the last reads: a crowd would see no more. */
const finalReadersPerNode = 4;

export class ClientGroup {
  /** Distance between the ids of a chain of processes. Of the ids modulo this, the first `loadProcesses` are the load's. */
  readonly stride: number;
  /** At most this many processes are the load; 0 if no role of the workload is. */
  readonly loadProcesses: number;
  readonly #context: GroupContext;
  readonly #loadRole: LoadRole<Capability> | undefined;
  readonly #load: LoadDriver | undefined;
  readonly #standing: readonly { role: StandingRole<Capability>; load: StandingLoad }[];

  /** Makes the processes; none is connected yet. */
  constructor(context: GroupContext) {
    const { clock, workload, run, endpoints, load, opened, random, onError } = context;
    this.#context = context;
    const roles = workload.roles(run, random.fork("workload"));
    const [loadRole, ...more] = roles.filter(isLoad);
    assert(more.length === 0, `workload ${workload.name} has more than one role that is the load`);
    const standing = roles.filter(isStanding);
    const countOf = (role: StandingRole<Capability>) => role.processes.perNode * endpoints.length;
    this.loadProcesses = loadRole === undefined ? 0 : load.processes;
    let first = this.loadProcesses;
    this.stride = standing.reduce((sum, role) => sum + countOf(role), first);
    this.#loadRole = loadRole;
    const loadRandom = random.fork("load");
    this.#load =
      loadRole &&
      driverOf(load, {
        clock,
        nodes: endpoints.map(({ node }) => node),
        bound: load.processes,
        opened,
        make: (slot) => this.#make(loadRole, { slot, first: 0, random: loadRandom }),
        onError,
      });
    this.#standing = standing.map((role) => {
      const place = { first, random: random.fork(`role-${role.name}`) };
      first += countOf(role);
      const processes = Array.from({ length: countOf(role) }, (_, slot) =>
        this.#make(role, { ...place, slot }),
      );
      return { role, load: new StandingLoad({ clock, processes, onError }) };
    });
  }

  /** Connects some processes ahead of their first operations. */
  async open(): Promise<void> {
    const standing = this.#standing.flatMap(({ load }) => load.processes.map((process) => process.open()));
    await Promise.all([this.#load?.open(), ...standing]);
  }

  /** Begins to ask, at once. */
  start(): void {
    this.#load?.start();
    for (const { load } of this.#standing) load.start();
  }

  /** Asks nothing more; resolves when what was asked is answered or given up. Safe to call twice. */
  async stop(): Promise<void> {
    await Promise.all([this.#load?.stop(), ...this.#standing.map(({ load }) => load.stop())]);
  }

  /** Closes the clients' connections and sessions. */
  async close(): Promise<void> {
    const all = [this.#load, ...this.#standing.map(({ load }) => load)];
    await Promise.all(all.flatMap((load) => load?.processes ?? []).map((process) => process.close()));
  }

  lastReads(): LastReads[] {
    const readers = finalReadersPerNode * this.#context.endpoints.length;
    const of = (role: Role<Capability>, processes: readonly ClientProcess[]): LastReads[] =>
      role.final === undefined ? [] : [{ readers: processes.slice(0, readers), calls: role.final() }];
    return [
      ...(this.#loadRole && this.#load ? of(this.#loadRole, this.#load.processes) : []),
      ...this.#standing.flatMap(({ role, load }) => of(role, load.processes)),
    ];
  }

  /** Actual minus intended start of operations, milliseconds: the generator's own lateness. */
  get sendLagMsP99(): number {
    const lag = this.#load?.sendLag;
    return lag === undefined || lag.totalCount === 0 ? 0 : lag.getValueAtPercentile(99) / 1000;
  }

  get unsent(): readonly Unsent[] {
    return this.#load?.unsent ?? [];
  }

  /** The process at `slot` of those of a role, whose ids begin at `first`. */
  #make<Step>(
    role: { actor(self: Self): Actor<Capability, Step> },
    { slot, first, random }: { readonly slot: number; readonly first: number; readonly random: Random },
  ): ClientProcess<Step> {
    const { clock, adapter, workload, endpoints, connect, recorder } = this.#context;
    const endpoint = endpoints[slot % endpoints.length];
    assert(endpoint !== undefined, "a cluster without nodes");
    const { node } = endpoint;
    const processContext = {
      clock,
      recorder,
      timeoutMs: connect.timeoutMs,
      connect: () => adapter.connect(endpoint, workload.requires, connect),
    };
    const actor = role.actor({ node, slot, random: random.fork(`process-${slot}`) });
    return new ClientProcess(processContext, { slot: first + slot, stride: this.stride, node }, actor);
  }
}

const isLoad = (role: Role<Capability>): role is LoadRole<Capability> => role.processes === "load";

const isStanding = (role: Role<Capability>): role is StandingRole<Capability> => !isLoad(role);

const driverOf = (load: Load, context: LoadContext): LoadDriver =>
  load.kind === "open" ? new OpenLoad(context, load.rate) : new ClosedLoad(context);
