/** The client processes of a trial: for each role of the workload its actors, which take the nodes in turn. */
import type { Capability } from "../../adapters/client/client.ts";
import { assert } from "../../core/assert.ts";
import type { Call, NodeId } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import type { Actor, LoadRole, Pause, Self, StandingRole } from "../../workloads/workload.ts";
import { ClientProcess, type ProcessContext } from "../load/client-process.ts";
import type { Cluster } from "../runtimes/runtime.ts";
import type { TrialContext } from "./context.ts";

type LoadProcess = ClientProcess<Call>;
type StandingProcess = ClientProcess<Call | Pause | undefined>;

/** What the final phase asks through some of a role's processes. */
export interface LastReads {
  readonly readers: readonly ClientProcess[];
  calls(): readonly Call[];
}

export interface TrialProcesses {
  /** In the order of their turns; their ids come first. */
  readonly load: readonly LoadProcess[];
  readonly standing: readonly StandingProcess[];
  readonly lastReads: readonly LastReads[];
}

/** This many processes of each node do the last reads: a crowd would see no more. */
const finalReadersPerNode = 4;

/** Makes the processes; none is connected yet. */
export function makeProcesses(context: TrialContext, cluster: Cluster): TrialProcesses {
  const { spec, deps, random } = context;
  const nodes = cluster.nodes.map(({ id }) => id);
  const roles = deps.workload.roles({ ...context.workload, nodes }, random.fork("workload"));
  const loading = roles.filter((role): role is LoadRole<Capability> => role.processes === "load");
  const others = roles.filter((role): role is StandingRole<Capability> => role.processes !== "load");
  assert(loading.length <= 1, `workload ${deps.workload.name} has ${loading.length} roles that are the load`);
  const sizes = [
    ...loading.map(() => spec.load.processes),
    ...others.map(({ processes }) => processes.perNode * nodes.length),
  ];
  const make = chainMaker(processContext(context, cluster), { nodes, stride: sum(sizes) });
  const load = loading.map((role) => make(role, spec.load.processes, random.fork("load")));
  const standing = others.map((role) =>
    make(role, role.processes.perNode * nodes.length, random.fork(`role-${role.name}`)),
  );
  const lastReads = [
    ...loading.map((role, i) => lastReadsOf(role, load[i] ?? [], nodes.length)),
    ...others.map((role, i) => lastReadsOf(role, standing[i] ?? [], nodes.length)),
  ];
  return { load: load.flat(), standing: standing.flat(), lastReads: lastReads.flat() };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

function lastReadsOf(
  role: Pick<LoadRole<Capability>, "final">,
  processes: readonly ClientProcess[],
  nodes: number,
): LastReads[] {
  if (role.final === undefined) return [];
  const readers = processes.slice(0, finalReadersPerNode * nodes);
  return [{ readers, calls: () => role.final?.() ?? [] }];
}

/** Makes chains of processes whose ids never meet, however many roles there are. */
function chainMaker(
  context: ProcessContext,
  { nodes, stride }: { readonly nodes: readonly NodeId[]; readonly stride: number },
) {
  let first = 0;
  return <Step>(
    role: { actor(self: Self): Actor<Capability, Step> },
    count: number,
    random: Random,
  ): ClientProcess<Step>[] => {
    const begin = first;
    first += count;
    return Array.from({ length: count }, (_, slot) => {
      const node = nodes[slot % nodes.length];
      assert(node !== undefined, "a cluster without nodes");
      const actor = role.actor({ node, slot, random: random.fork(`process-${slot}`) });
      return new ClientProcess(context, { slot: begin + slot, stride, node }, actor);
    });
  };
}

function processContext({ spec, deps, recorder, connect }: TrialContext, cluster: Cluster): ProcessContext {
  const endpoints = new Map(cluster.nodes.map(({ id, endpoint }) => [id, endpoint]));
  return {
    clock: deps.clock,
    recorder,
    timeoutMs: spec.operationTimeoutMs,
    connect(node) {
      const endpoint = endpoints.get(node);
      assert(endpoint !== undefined, `a client of the unknown node ${node}`);
      return deps.adapter.connect(endpoint, deps.workload.requires, connect);
    },
  };
}
