import type { Operation } from "../../core/op.ts";
import type { Change, Evidence, StateRead } from "./changes.ts";
import { firstIndex, type RevisionOrder } from "./revision-order.ts";

/** A change that a state must contain, by its revision, and does not; there may be others. */
export interface LostWrite {
  readonly change: Change;
  /** The reads of such states, in order of invocation; one at least. */
  readonly reads: readonly StateRead[];
}

/**
 * The changes that are missing from a state that was read, under any read mode: a state of revision R holds the last
 * change of each key up to R, or a later one. (Later: a ZooKeeper server that gets a snapshot while changes go
 * on has some of them before it counts them.)
 *
 * **Claim.** A read of a key, from a state of revision R, contradicts a change of that key at w <= R
 *
 * - where it found the key's last change at m < w: had the change at w taken place, the last one would be at w or later;
 * - where it found the key absent, the change at w is the last known one up to R, put a value there, and no removal
 *   that was requested before the answer can come after it: neither one of a known revision, which would be above R and
 *   below every change that was requested after the answer, nor one without (`unplacedRemovals`), which would need a
 *   revision that is free, above w and every state in which the value was still seen, and in the real-time order of what
 *   is known (`couldComeAfter`).
 *
 * Reads may be arbitrarily stale: nothing here depends on when they were requested.
 */
export function lostWrites(evidence: Evidence, order: RevisionOrder): LostWrite[] {
  const byKey = new Map<string, Change[]>();
  for (const change of evidence.changes) addTo(byKey, change.key, change);
  const found = new Map<Change, StateRead[]>();
  for (const state of evidence.states) {
    const changes = byKey.get(state.key) ?? [];
    const change =
      state.modRevision === undefined
        ? lastIfGone(state, changes, evidence, order)
        : firstMissing(state, changes);
    // A state of a revision that two changes share may be older than the second: that revision is what is wrong.
    const isOpen = change?.revision === state.revision && order.isShared(state.revision);
    if (change !== undefined && !isOpen) addTo(found, change, state);
  }
  return [...found]
    .map(([change, reads]) => ({ change, reads }))
    .sort((a, b) => a.change.revision - b.change.revision);
}

/** The first change after the one that was read that the state must hold; one that was acknowledged, where there is one. */
function firstMissing(
  { operation, revision, modRevision = 0 }: StateRead,
  changes: readonly Change[],
): Change | undefined {
  const from = firstIndex(changes, (change) => change.revision > modRevision);
  let first: Change | undefined;
  for (let i = from; i < changes.length; i++) {
    const change = changes[i] as Change;
    if (change.revision > revision) break;
    if (!wasAsked(change, operation)) continue;
    if (change.isAcknowledged) return change;
    first ??= change;
  }
  return first;
}

/** The last change up to the state, where it put a value there and nothing can have removed it. */
function lastIfGone(
  state: StateRead,
  changes: readonly Change[],
  { unplacedRemovals }: Evidence,
  order: RevisionOrder,
): Change | undefined {
  const next = firstIndex(changes, ({ revision }) => revision > state.revision);
  const last = changes[next - 1];
  if (last === undefined) return undefined;
  // A revision that several changes share leaves open which of them came last.
  for (let i = next - 1; changes[i]?.revision === last.revision; i--)
    if (changes[i]?.value === null) return undefined;
  if (!wasAsked(last, state.operation)) return undefined;
  // Changes take effect in the order of their revisions: one above a change that was requested later was not there yet.
  const notYet = order.after(state.operation.returnIndex);
  for (let i = next; i < changes.length; i++) {
    const change = changes[i] as Change;
    if (change.revision < notYet && change.value === null && wasAsked(change, state.operation))
      return undefined;
  }
  const removals = unplacedRemovals.get(state.key) ?? [];
  return removals.some(
    (removal) => removal.callIndex < state.operation.returnIndex && couldComeAfter(removal, last, order),
  )
    ? undefined
    : last;
}

/** Whether a removal can come after every state in which `last` was seen. */
function couldComeAfter(removal: Operation, last: Change, order: RevisionOrder): boolean {
  const above = Math.max(last.lastsUntil, order.before(removal.callIndex)?.revision ?? 0);
  return order.hasFreeBetween(above, order.after(removal.returnIndex));
}

/** Where it was not, the revision is wrong rather than the read: revisions.ts finds that it went back. */
const wasAsked = (change: Change | undefined, { returnIndex }: Operation): boolean =>
  (change?.writer?.callIndex ?? 0) < returnIndex;

function addTo<K, T>(groups: Map<K, T[]>, key: K, item: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [item]);
  else group.push(item);
}
