import type { Json, Operation, Revision, RevisionScope } from "../../../core/op.ts";
import { valueRead, written } from "../../reads/versions.ts";
import { acknowledgedAt, keyOf } from "../changes.ts";

/**
 * The definition, tried out: can each change have one revision of its own, the one that its answer gives or any other
 * that is free, in real-time order, so that each read shows a state of its revision or later? What was never answered may
 * have no revision at all. Reads may be stale, but show nothing that was asked for after their answer, nor anything that
 * came after such a change. Exponential; for tests.
 */
export function canBeOrdered(operations: readonly Operation[], scope: RevisionScope): boolean {
  const changing = operations.filter((operation) => written(operation) !== undefined);
  const placed = new Map<Revision, Operation>();
  const free: Operation[] = [];
  for (const operation of changing) {
    const revision = acknowledgedAt(operation);
    if (revision === undefined) free.push(operation);
    else if (placed.has(revision)) return false;
    else placed.set(revision, operation);
  }
  const reads = operations.filter(({ call, outcome }) => call.f === "read" && outcome.type === "ok");
  const given = operations.flatMap(({ outcome }) =>
    outcome.type === "ok" ? [outcome.output.revision ?? 0, outcome.output.modRevision ?? 0] : [],
  );
  const highest = Math.max(0, ...given) + free.length;
  return place(
    free,
    placed,
    highest,
    (order) => isOrder(order) && reads.every((read) => shows(read, order, scope)),
  );
}

function place(
  free: readonly Operation[],
  placed: Map<Revision, Operation>,
  highest: Revision,
  isRight: (order: ReadonlyMap<Revision, Operation>) => boolean,
): boolean {
  const [next, ...rest] = free;
  if (next === undefined) return isRight(placed);
  // A delete that does not say what it found may have found nothing.
  const isOptional = next.outcome.type === "info" || next.call.f === "delete";
  if (isOptional && place(rest, placed, highest, isRight)) return true;
  for (let revision = 1; revision <= highest; revision++) {
    if (placed.has(revision)) continue;
    placed.set(revision, next);
    const found = place(rest, placed, highest, isRight);
    placed.delete(revision);
    if (found) return true;
  }
  return false;
}

/** Nothing that returned before another was called has the higher revision. */
function isOrder(order: ReadonlyMap<Revision, Operation>): boolean {
  const all = [...order];
  return all.every(([a, first]) =>
    all.every(([b, second]) => first.returnIndex >= second.callIndex || a < b),
  );
}

function shows(read: Operation, order: ReadonlyMap<Revision, Operation>, scope: RevisionScope): boolean {
  const { revision, modRevision } = read.outcome.type === "ok" ? read.outcome.output : {};
  const value = valueRead(read);
  const isOfKeyOnly = value !== null && (scope === "key" || revision === undefined);
  const from = isOfKeyOnly ? modRevision : revision;
  if (from === undefined) return true;
  const wasAsked = ({ callIndex }: Operation) => callIndex <= read.returnIndex;
  if ([...order].some(([at, change]) => at <= from && !wasAsked(change))) return false;
  const own = [...order].filter(([, change]) => keyOf(change) === keyOf(read)).sort(([a], [b]) => a - b);
  const states = [from, ...own.flatMap(([at]) => (at > from ? [at] : []))];
  return states.some((until) => {
    const visible = own.filter(([at]) => at <= until);
    const [at, last]: readonly [Revision, Operation | undefined] = visible.at(-1) ?? [0, undefined];
    const held: Json = (last && written(last)) ?? null;
    return (
      // Changes take effect in the order of their revisions: those below what it shows were asked for as well.
      [...order].every(([revision, change]) => revision > at || wasAsked(change)) &&
      visible.every(([, change]) => wasAsked(change)) &&
      held === value &&
      (value === null || at === modRevision)
    );
  });
}
