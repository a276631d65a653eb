/** The clients before and after the load: a few for each node and role, in the harness' own process. */
import type { Capability, Connect } from "../../adapters/client/client.ts";
import { assert } from "../../core/assert.ts";
import type { History } from "../../core/history.ts";
import type { Call } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import { type LoadRole, type StandingRole, wholeLoad } from "../../workloads/workload.ts";
import { clientProcess, connectOf, type GroupContext } from "./client-group.ts";
import type { ClientProcess } from "./client-process.ts";
import { numberProcesses, preloadersOf, readersOf } from "./numbering.ts";

type SideContext = Omit<GroupContext, "opened" | "share" | "onError">;

/** Calls of the final phase, and some processes of each node to perform them. */
export interface LastReads {
  readonly readers: readonly ClientProcess[];
  readonly calls: readonly Call[];
}

/** Calls before the load, and some processes of each node to perform them: each call is one process' to make. */
export interface Preload {
  readonly preloaders: readonly ClientProcess[];
  readonly calls: readonly Call[];
}

/** What each role puts in place before the load. */
export function preloads(context: SideContext): Preload[] {
  const { workload, run, endpoints, load, random } = context;
  const roles = workload.roles(run, random.fork("preload"), wholeLoad);
  const { stride, preloaders } = numberProcesses(roles, load, endpoints.length);
  const connectTo = connectOf(context);
  return roles.flatMap((role, place): Preload[] => {
    if (role.preload === undefined) return [];
    const ids = { first: preloaders[place] as number, stride, count: preloadersOf(endpoints.length) };
    return [
      {
        preloaders: processesOf({ ...context, connectTo }, role, ids, random.fork("preloaders")),
        calls: role.preload(),
      },
    ];
  });
}

/** What each role asks in the end, after `history`. */
export function lastReads(context: SideContext, history: History): LastReads[] {
  const { workload, run, endpoints, load, random } = context;
  const roles = workload.roles(run, random.fork("last"), wholeLoad);
  const { stride, readers } = numberProcesses(roles, load, endpoints.length);
  const connectTo = connectOf(context);
  return roles.flatMap((role, place): LastReads[] => {
    if (role.final === undefined) return [];
    const ids = { first: readers[place] as number, stride, count: readersOf(endpoints.length) };
    const readersOfRole = processesOf({ ...context, connectTo }, role, ids, random);
    return [{ readers: readersOfRole, calls: role.final(history) }];
  });
}

/** Processes of a role that take the nodes in turn. */
function processesOf(
  context: SideContext & { readonly connectTo: Connect },
  role: LoadRole<Capability> | StandingRole<Capability>,
  { first, stride, count }: { readonly first: number; readonly stride: number; readonly count: number },
  random: Random,
): ClientProcess[] {
  const { endpoints } = context;
  return Array.from({ length: count }, (_, slot) => {
    const node = endpoints[slot % endpoints.length]?.node;
    assert(node !== undefined, "a cluster without nodes");
    const actor = role.actor({ node, slot, random: random.fork(`reader-${slot}`) });
    return clientProcess(context, { id: first + slot, stride, node }, actor);
  });
}
