/** The clients of the final phase: a few for each node and role, in the harness' own process, when the load is over. */
import type { Adapter, ConnectOptions, Endpoint } from "../../adapters/adapter.ts";
import { assert } from "../../core/assert.ts";
import type { Clock } from "../../core/clock.ts";
import type { History } from "../../core/history.ts";
import type { Call } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import type { Load } from "../../core/run.ts";
import { type Workload, type WorkloadRun, wholeLoad } from "../../workloads/workload.ts";
import type { Recorder } from "../record/recorder.ts";
import { ClientProcess } from "./client-process.ts";
import { numberProcesses, readersOf } from "./numbering.ts";

export interface ReadersContext {
  readonly clock: Clock;
  readonly adapter: Pick<Adapter, "connect">;
  readonly workload: Workload;
  readonly run: WorkloadRun;
  readonly endpoints: readonly Endpoint[];
  readonly connect: ConnectOptions;
  readonly load: Load;
  readonly random: Random;
  readonly recorder: Recorder;
}

/** Calls of the final phase, and some processes of each node to perform them. */
export interface LastReads {
  readonly readers: readonly ClientProcess[];
  readonly calls: readonly Call[];
}

/** What each role asks in the end, after `history`. */
export function lastReads(context: ReadersContext, history: History): LastReads[] {
  const { clock, adapter, workload, run, endpoints, connect, load, random, recorder } = context;
  const roles = workload.roles(run, random.fork("last"), wholeLoad);
  const { stride, readers } = numberProcesses(roles, load, endpoints.length);
  return roles.flatMap((role, place): LastReads[] => {
    if (role.final === undefined) return [];
    const first = readers[place] as number;
    const processes = Array.from({ length: readersOf(endpoints.length) }, (_, slot) => {
      const endpoint = endpoints[slot % endpoints.length];
      assert(endpoint !== undefined, "a cluster without nodes");
      const { node } = endpoint;
      const actor = role.actor({ node, slot, random: random.fork(`reader-${slot}`) });
      const processContext = {
        clock,
        recorder,
        timeoutMs: connect.timeoutMs,
        connect: () => adapter.connect(endpoint, workload.requires, connect),
      };
      return new ClientProcess(processContext, { id: first + slot, stride, node }, actor);
    });
    return [{ readers: processes, calls: role.final(history) }];
  });
}
