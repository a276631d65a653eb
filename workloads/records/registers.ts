/** What workloads have in common whose records are registers: who judges them, and a load role of one kind of client. */
import { register } from "../../checker/models/register.ts";
import { readCheckers } from "../../checker/reads/read-checkers.ts";
import { registerCheckers } from "../../checker/register-promise.ts";
import type { Call } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import type { LoadRole, Workload, WorkloadRun } from "../workload.ts";
import { recordsAtRest } from "./last-keys.ts";
import { performer } from "./perform.ts";
import type { Records } from "./records.ts";

interface LoadOf {
  readonly run: WorkloadRun;
  readonly records: Records;
  /** Whether all records are there when the load begins. */
  readonly preloads: boolean;
  /** What a client asks next: called for each client, returns its choices. */
  client(random: Random): () => Call;
}

/** The load of clients that read, write and compare-and-set records. */
export function recordsLoad({ run, records, preloads, client }: LoadOf): LoadRole<"kv"> {
  const perform = performer(run);
  return {
    name: "clients",
    processes: "load",
    ...(preloads && { preload: () => records.preload() }),
    actor: ({ random }) => ({
      next: client(random),
      observe: (call, outcome) => records.observe(call, outcome),
      perform,
    }),
    final: recordsAtRest.final,
  };
}

/** Members of a workload whose records are registers. */
export const asRegisters = {
  words: register(),
  checkers: ({ promises, limits, revisions, convergenceSeconds }) => [
    ...registerCheckers(promises, { limits, reads: (mode) => readCheckers(mode, revisions) }),
    recordsAtRest.checker(convergenceSeconds),
  ],
  unsettled: recordsAtRest.unsettled,
} satisfies Pick<Workload, "words" | "checkers" | "unsettled">;
