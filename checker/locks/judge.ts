/**
 * The grants of one lock against the definition: each begins at some moment of its acquisition and lasts at least until the system
 * may have taken it back, no two at once, in the order of their tokens. While one certainly has the lock, its record says so.
 */
import type { Operation } from "../../core/op.ts";
import type { Grant } from "./grants.ts";

export type LockFinding =
  /** `grant` was acknowledged while `other`, whose token is lower, still had the lock. */
  | { readonly kind: "held-twice"; readonly grant: Grant; readonly other: Grant }
  /** `grant` was acknowledged before `other` was asked for, and has no lower token. */
  | { readonly kind: "token-fell"; readonly grant: Grant; readonly other: Grant }
  /** A read returned another record than that of `grant`, which had the lock all the time. */
  | { readonly kind: "not-shown"; readonly grant: Grant; readonly read: Operation };

/**
 * Exact: nothing is found if and only if moments exist that explain all grants. A grant that lost its lock too early is named once,
 * with the first that had it instead, however many followed it in its time.
 */
export function judgeGrants(grants: readonly Grant[]): LockFinding[] {
  const found: LockFinding[] = [];
  const robbed = new Map<Grant, { readonly kind: "held-twice"; grant: Grant; readonly other: Grant }>();
  let lastHeld: Grant | undefined;
  let lastAsked: Grant | undefined;
  let previous: Grant | undefined;
  const ordered = grants.toSorted(
    (a, b) => a.token - b.token || a.acquire.completedAt - b.acquire.completedAt,
  );
  for (const grant of ordered) {
    const { completedAt } = grant.acquire;
    if (lastHeld !== undefined && lastHeld.until > completedAt) {
      const known = robbed.get(lastHeld);
      const finding = known ?? { kind: "held-twice" as const, grant, other: lastHeld };
      if (completedAt < finding.grant.acquire.completedAt) finding.grant = grant;
      if (known === undefined) found.push(finding);
      robbed.set(lastHeld, finding);
    } else if (lastAsked !== undefined && lastAsked.acquire.invokedAt > completedAt)
      found.push({ kind: "token-fell", grant, other: lastAsked });
    else if (previous?.token === grant.token)
      found.push({ kind: "token-fell", grant: previous, other: grant });
    if (lastHeld === undefined || grant.until > lastHeld.until) lastHeld = grant;
    if (lastAsked === undefined || grant.acquire.invokedAt > lastAsked.acquire.invokedAt) lastAsked = grant;
    previous = grant;
  }
  return found;
}

/** `reads`: of the lock's record, all of them fresh, in order of their invocations. For a grant at most one finding, the first answer. */
export function judgeReads(grants: readonly Grant[], reads: readonly Operation[]): LockFinding[] {
  return grants.flatMap((grant) => {
    const { acquire, until, holder } = grant;
    let first: Operation | undefined;
    for (let i = firstAfter(reads, acquire.completedAt); i < reads.length; i++) {
      const read = reads[i];
      if (read === undefined || read.invokedAt >= Math.min(until, first?.completedAt ?? until)) break;
      if (read.completedAt >= until || read.outcome.type !== "ok") continue;
      if (read.outcome.output.value === holder) continue;
      if (first === undefined || read.completedAt < first.completedAt) first = read;
    }
    return first === undefined ? [] : [{ kind: "not-shown", grant, read: first }];
  });
}

/** Index of the first read that was asked after `time`. */
function firstAfter(reads: readonly Operation[], time: number): number {
  let from = 0;
  let to = reads.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((reads[middle]?.invokedAt ?? 0) > time) to = middle;
    else from = middle + 1;
  }
  return from;
}
