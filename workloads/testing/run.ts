/** Common parts of the tests of workloads: a run to make one for, and the actors of its load. */
import type { Capability } from "../../adapters/client/client.ts";
import { defaultConvergenceSeconds } from "../../checker/convergence/convergence.ts";
import { assert } from "../../core/assert.ts";
import type { History } from "../../core/history.ts";
import { type Call, nodeId } from "../../core/op.ts";
import { createRandom } from "../../core/random.ts";
import { nanos } from "../../core/time.ts";
import {
  type Actor,
  type LoadRole,
  type Share,
  type Workload,
  type WorkloadRun,
  wholeLoad,
} from "../workload.ts";

/** A run of three nodes with linearizable reads, but for `parts`. */
export const testRun = (parts: Partial<WorkloadRun> = {}): WorkloadRun => ({
  readMode: "linearizable",
  promises: "linearizable",
  limits: [],
  revisions: "store",
  nodes: ["n1", "n2", "n3"].map(nodeId),
  keyPrefix: "",
  options: {},
  convergenceSeconds: defaultConvergenceSeconds,
  watches: {},
  offers: [],
  ...parts,
});

/** The actors of a workload's load role, four of them, and its last reads after some calls. */
export function loadOf<C extends Capability>(
  workload: Workload<C>,
  run: WorkloadRun,
  { seed = 5, share = wholeLoad }: { readonly seed?: number; readonly share?: Share } = {},
): { readonly actors: readonly Actor<C, Call>[]; last(asked: readonly Call[]): readonly Call[] } {
  const random = createRandom(seed);
  const role = workload
    .roles(run, random.fork("workload"), share)
    .find((one): one is LoadRole<C> => one.processes === "load");
  assert(role !== undefined, `workload ${workload.name} has no load`);
  const actors = Array.from({ length: 4 }, (_, slot) => {
    const node = run.nodes[slot % run.nodes.length];
    assert(node !== undefined, "a run without nodes");
    return role.actor({ node, slot, random: random.fork(`process-${slot}`) });
  });
  return { actors, last: (asked) => role.final?.(historyOf(asked)) ?? [] };
}

/** A history in which each call was invoked and none was answered. */
export const historyOf = (calls: readonly Call[]): History =>
  calls.map((call, index) => ({ index, time: nanos(index), type: "invoke", process: index, ...call }));
