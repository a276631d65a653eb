/** Leases at rest: no node still has the record of a lease that ended. */
import { type History, isClientEvent } from "../../core/history.ts";
import type { NodeId, Operation } from "../../core/op.ts";
import { type Nanos, nanos } from "../../core/time.ts";
import { allOf, atTime, duration } from "../../core/wording.ts";
import { type AtRest, atRest, grouped } from "../convergence/at-rest.ts";
import type { FoundAtRest, JudgeAtRest } from "../convergence/judged.ts";
import { isAbsent } from "./judge.ts";
import { type LeaseRecord, leaseRecords } from "./records.ts";

/** Enough to notice a record that stays, and few enough to ask each node for. */
const mostKeys = 100;
/** A system may wait for a multiple of the granted time: Consul waits twice as long. */
const mostTimes = 3;

/** The names of the leases that their clients gave up last. */
export function endedLast(history: History): string[] {
  const keys = new Set<string>();
  for (let i = history.length - 1; i >= 0 && keys.size < mostKeys; i--) {
    const event = history[i];
    if (event === undefined || !isClientEvent(event) || event.type !== "invoke") continue;
    if ((event.f === "revoke" || event.f === "lapse") && event.key !== undefined) keys.add(event.key);
  }
  return [...keys];
}

/** `bound`: how long a node may take, once everything is healed and the client had given the lease up. */
export const leasesAtRest: JudgeAtRest = (history, bound) => {
  const rest = atRest(history, ({ f }) => f === "read");
  if (rest === undefined) return undefined;
  const records = leaseRecords(history);
  const keys = endedLast(history);
  const ended = keys.flatMap((key) => records.get(key) ?? []);
  const reads = grouped(
    [...rest.asked.values()].flat().filter(({ outcome }) => outcome.type === "ok"),
    ({ call, node }) => placeOf(call.key ?? "", node),
  );
  const last = (key: string, node: NodeId) =>
    reads.get(placeOf(key, node))?.reduce((a, b) => (b.callIndex > a.callIndex ? b : a));
  return {
    nodes: rest.nodes,
    thing: "record",
    objects: keys.length,
    isAsked: keys.some((key) => rest.asked.has(key)),
    answers: keys.flatMap((key) => rest.nodes.flatMap((node) => last(key, node) ?? [])),
    findings: ended.flatMap((record) =>
      rest.nodes.flatMap((node) => findingOf(record, node, last(record.key, node), { rest, bound }) ?? []),
    ),
    agreed: `had no record left of ${allOf(keys.length, "lease")} that had ended last`,
  };
};

const placeOf = (key: string, node: NodeId | undefined): string => `${key} ${node}`;

function findingOf(
  record: LeaseRecord,
  node: NodeId,
  read: Operation | undefined,
  { rest, bound }: { readonly rest: AtRest; readonly bound: Nanos },
): FoundAtRest | undefined {
  if (read !== undefined && isAbsent(read)) return undefined;
  const { key } = record;
  const due = dueAt(record, rest.healedAt, bound);
  const isViolation = read !== undefined && bound > 0 && read.invokedAt > due;
  const summary =
    read === undefined
      ? `${node} gave no answer for the record ${key} at rest: whether it is gone is not known`
      : `${node} still returned the record ${key} at ${atTime(read.invokedAt)}, ${duration(read.invokedAt - givenUpAt(record))} after its client had given its lease up${isViolation ? "" : "; it was not asked again"}`;
  const kind = read === undefined ? "not-heard" : isViolation ? "convergence" : "not-asked-again";
  return { key, nodes: [node], isViolation, isEverywhere: false, anomaly: () => ({ kind, summary, key }) };
}

/** When its client had asked for the end, or stopped its keep-alives. */
function givenUpAt({ revoked, lapse, endAsked }: LeaseRecord): Nanos {
  const at = revoked?.completedAt ?? lapse?.completedAt ?? endAsked;
  return Number.isFinite(at) ? at : (lapse?.invokedAt ?? endAsked);
}

function dueAt(record: LeaseRecord, healedAt: Nanos, bound: Nanos): Nanos {
  const wait = record.revoked === undefined ? Math.max(bound, mostTimes * (record.ttl ?? 0)) : bound;
  return nanos(Math.max(healedAt, givenUpAt(record)) + wait);
}
