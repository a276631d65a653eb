/** The clients of the final phase: a few for each node and role, in the harness' own process, when the load is over. */
import { assert } from "../../core/assert.ts";
import type { History } from "../../core/history.ts";
import type { Call } from "../../core/op.ts";
import { wholeLoad } from "../../workloads/workload.ts";
import { clientProcess, type GroupContext } from "./client-group.ts";
import type { ClientProcess } from "./client-process.ts";
import { numberProcesses, readersOf } from "./numbering.ts";

type ReadersContext = Omit<GroupContext, "opened" | "share" | "onError">;

/** Calls of the final phase, and some processes of each node to perform them. */
export interface LastReads {
  readonly readers: readonly ClientProcess[];
  readonly calls: readonly Call[];
}

/** What each role asks in the end, after `history`. */
export function lastReads(context: ReadersContext, history: History): LastReads[] {
  const { workload, run, endpoints, load, random } = context;
  const roles = workload.roles(run, random.fork("last"), wholeLoad);
  const { stride, readers } = numberProcesses(roles, load, endpoints.length);
  return roles.flatMap((role, place): LastReads[] => {
    if (role.final === undefined) return [];
    const first = readers[place] as number;
    const processes = Array.from({ length: readersOf(endpoints.length) }, (_, slot) => {
      const node = endpoints[slot % endpoints.length]?.node;
      assert(node !== undefined, "a cluster without nodes");
      const actor = role.actor({ node, slot, random: random.fork(`reader-${slot}`) });
      return clientProcess(context, { id: first + slot, stride, node }, actor);
    });
    return [{ readers: processes, calls: role.final(history) }];
  });
}
