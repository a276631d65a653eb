/**
 * One lease and its record against the definition: the record appears once, while it is attached, and disappears once, when the
 * lease ends. A lease ends by its client's wish, or after its time: not before the last acknowledged keep-alive left plus that time.
 */
import type { Operation } from "../../core/op.ts";
import { type Nanos, nanos } from "../../core/time.ts";
import type { LeaseRecord } from "./records.ts";

export type FindingKind = "never-attached" | "ended-early" | "outlived-revocation" | "came-back";

export interface Finding {
  readonly kind: FindingKind;
  readonly record: LeaseRecord;
  /** The read that shows it. */
  readonly read: Operation;
  /** It is wrong only after, or before, this time. */
  readonly bound: Nanos;
}

const isPresent = ({ outcome }: Operation): boolean =>
  outcome.type === "ok" && outcome.output.value !== undefined && outcome.output.value !== null;
export const isAbsent = (read: Operation): boolean => read.outcome.type === "ok" && !isPresent(read);

/** The lease's end by time, at the earliest: what the system owes to its client. */
export const owedUntil = ({ lastSign, ttl = nanos(0), endAsked }: LeaseRecord): Nanos =>
  nanos(Math.min(lastSign + ttl, endAsked));

/** The same with the grant as the only keep-alive: no lost renewal explains an end before that. */
export const surelyOwedUntil = ({ grant, ttl = nanos(0), endAsked }: LeaseRecord): Nanos =>
  nanos(Math.min(grant.invokedAt + ttl, endAsked));

/** All that is wrong with it, what happened first in front. `isFresh`: whether a read must see the state of a moment between its request and its answer. */
export function judge(record: LeaseRecord, isFresh: (read: Operation) => boolean): Finding[] {
  const shown = record.reads.filter(isPresent);
  const attached = record.attach?.outcome.type === "fail" ? undefined : record.attach?.invokedAt;
  const phantom = shown.find(({ completedAt }) => attached === undefined || completedAt < attached);
  if (phantom !== undefined)
    return [{ kind: "never-attached", record, read: phantom, bound: attached ?? phantom.completedAt }];
  const absent = record.reads.filter((read) => isAbsent(read) && isAfterAttach(record, shown, read, isFresh));
  const firstAbsent = least(absent, ({ completedAt }) => completedAt);
  const owed = owedUntil(record);
  const found: Finding[] = [];
  // Infinity: the lease has not ended, and nobody may ever see its record gone.
  if (firstAbsent !== undefined && firstAbsent.completedAt < owed)
    found.push({ kind: "ended-early", record, read: firstAbsent, bound: owed });
  const lastShown = least(shown.filter(isFresh), ({ invokedAt }) => -invokedAt);
  if (lastShown === undefined) return found;
  const { revoked } = record;
  if (revoked !== undefined && lastShown.invokedAt > revoked.completedAt)
    found.push({ kind: "outlived-revocation", record, read: lastShown, bound: revoked.completedAt });
  else if (firstAbsent !== undefined && lastShown.invokedAt > firstAbsent.completedAt)
    found.push({ kind: "came-back", record, read: lastShown, bound: firstAbsent.completedAt });
  return found;
}

/** Whether an absent record was seen absent after it had been attached, in every explanation. */
function isAfterAttach(
  { attach }: LeaseRecord,
  shown: readonly Operation[],
  read: Operation,
  isFresh: (read: Operation) => boolean,
): boolean {
  if (read.outcome.type !== "ok") return false;
  const { revision } = read.outcome.output;
  const at = attach?.outcome.type === "ok" ? attach.outcome.output.revision : undefined;
  if (at !== undefined && revision !== undefined && revision >= at) return true;
  if (!isFresh(read)) return false;
  const acknowledged = attach?.outcome.type === "ok" ? attach.completedAt : Number.POSITIVE_INFINITY;
  // The latest moment at which it can have been attached.
  const by = shown.reduce((first, { completedAt }) => Math.min(first, completedAt), acknowledged);
  return read.invokedAt > by;
}

function least<T>(items: readonly T[], of: (item: T) => number): T | undefined {
  let best: T | undefined;
  for (const item of items) if (best === undefined || of(item) < of(best)) best = item;
  return best;
}
