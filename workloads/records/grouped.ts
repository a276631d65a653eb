/** What workloads have in common that list groups of records, or change several at once. */
import type { Capability, ClientWith } from "../../adapters/client/client.ts";
import { groupedRegisters } from "../../checker/models/grouped-registers.ts";
import { pastReads } from "../../checker/past-reads/past-reads.ts";
import { judgedUnder, requiredOfReads } from "../../checker/promises.ts";
import { readCheckers } from "../../checker/reads/read-checkers.ts";
import type { Call, Json, Result } from "../../core/op.ts";
import type { Actor, At, Workload, WorkloadRun } from "../workload.ts";
import { groupDigitsOf, writesOf } from "./groups.ts";
import { recordsAtRest } from "./last-keys.ts";
import { Payload } from "./payload.ts";
import { changed, performer } from "./perform.ts";
import { withoutUnseen } from "./unseen.ts";

type Perform<C extends Capability> = Actor<C, Call>["perform"];

/** Performs lists, too: the answer has the numbers of the group's records by key. */
export function listPerformer(run: WorkloadRun): Perform<"kv" | "prefix"> {
  const payload = new Payload(run);
  const single = performer(run);
  return async (client, call, at) => {
    if (call.f !== "list") return single(client, call, at);
    const found = await client.prefix.list(call.key ?? "", call.mode ?? run.readMode, at.ask);
    const entries = [...found].map(([key, { value }]) => [payload.shortKey(key), payload.shortValue(value)]);
    return { value: Object.fromEntries(entries) as Record<string, Json> };
  };
}

/** Performs transactions, too: writes of several records of a group at once. */
export function txnPerformer(run: WorkloadRun): Perform<"kv" | "prefix" | "txn"> {
  const payload = new Payload(run);
  const other = listPerformer(run);
  const commit = async (client: ClientWith<"txn">, { value = null }: Call, { ask }: At): Promise<Result> => {
    const changes = writesOf(value).map(([key, number]) => ({
      f: "write" as const,
      key: payload.key(key),
      value: payload.value(number),
    }));
    return changed(value, await client.txn.commit(changes, ask));
  };
  return (client, call, at) => (call.f === "txn" ? commit(client, call, at) : other(client, call, at));
}

/** Members of a workload whose records are judged in groups. `single`: nothing changes several records at once. */
export const asGroups = ({ single }: { readonly single: boolean }) =>
  ({
    words: groupedRegisters({ digits: 1 }),
    checkers: (run: WorkloadRun) => {
      const { promises, limits, revisions, convergenceSeconds } = run;
      const model = groupedRegisters({ digits: groupDigitsOf(run) });
      const { reads, order } = requiredOfReads(promises);
      const own = [
        ...(reads === "past" ? [pastReads({ model, order })] : []),
        // What is known of single reads says nothing about values that transactions wrote.
        ...(single ? readCheckers(promises, revisions) : []),
      ];
      return [
        ...judgedUnder(promises, model, { limits, reads: own }).map(withoutUnseen),
        recordsAtRest.checker(convergenceSeconds),
      ];
    },
    unsettled: recordsAtRest.unsettled,
  }) satisfies Pick<Workload, "words" | "checkers" | "unsettled">;
