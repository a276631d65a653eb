import { Budget, unlimited, within } from "../limits.ts";
import type { OperationList } from "../operation-list.ts";
import { type Columns, columnsOf, never, type RegisterModel } from "./columns.ts";
import type { Contradiction } from "./links.ts";
import { decideUnique } from "./unique.ts";

/** Contradictions that are followed back one by one before the rest is halved. */
const steps = 4;

/** Bytes per operation: what is unknown at a place, and what returned before it. */
const bytesPerOperation = 15;

/**
 * The operation whose return brought the first contradiction of values, in a history that has one. A contradiction is
 * complete when the last of its operations has returned; whether there was one before is asked of the history until
 * then. As a rule there was none; where there are many, by halving. Where the budget does not allow that, the first one
 * that was found.
 */
export function firstContradicting(
  columns: Columns,
  found: Contradiction,
  budget = new Budget(unlimited),
): number {
  const first = { last: lastReturned(columns, found) };
  return within(
    () => budget.during(() => goBack(columns, first, budget)),
    () => first.last,
  );
}

/** Goes back from a contradiction that is complete when `first.last` has returned; keeps that up to date. */
function goBack(columns: Columns, first: { last: number }, budget: Budget): number {
  budget.hold(columns.size * bytesPerOperation);
  for (let step = 0; step < steps; step++) {
    const earlier = decideUnique(upTo(columns, first.last, { returned: false }), budget);
    if (earlier.kind !== "contradiction") return first.last;
    first.last = lastReturned(columns, earlier);
  }
  const byReturn = returnedBefore(columns, first.last);
  let low = 0;
  let high = byReturn.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const last = byReturn[middle] as number;
    if (decideUnique(upTo(columns, last, { returned: true }), budget).kind === "contradiction") {
      high = middle;
      first.last = last;
    } else low = middle + 1;
  }
  return first.last;
}

/** The operations that returned before `last`, in order of their return. */
function returnedBefore(columns: Columns, last: number): Float64Array {
  const { size, optional, returnIndex } = columns;
  const keys: number[] = [];
  for (let i = 0; i < size; i++)
    if (!optional[i] && isBefore(columns, i, last)) keys.push((returnIndex[i] as number) * size + i);
  // One number that sorts by return, then by operation: the native sort of numbers is ten times faster.
  return Float64Array.from(keys)
    .sort()
    .map((key) => key % size);
}

function lastReturned(columns: Columns, { operations }: Contradiction): number {
  const returned = operations.filter((operation) => !columns.optional[operation]);
  return returned.reduce((last, each) => (isBefore(columns, last, each) ? each : last));
}

/** Whether `a` returned before `b`, or at the same index and further up the list. */
function isBefore({ returnIndex }: Columns, a: number, b: number): boolean {
  const difference = (returnIndex[a] as number) - (returnIndex[b] as number);
  return difference < 0 || (difference === 0 && a < b);
}

/**
 * Positions of a few operations that no order can hold together, `culprit` among them, ascending; undefined where the
 * values of the history up to the culprit's return do not decide it (see unique.ts).
 */
export function contradictionBefore(
  model: RegisterModel,
  list: OperationList,
  culprit: number,
  budget: Budget,
): number[] | undefined {
  const columns = columnsOf(model, list, budget);
  const result = decideUnique(upTo(columns, columns.source.indexOf(culprit), { returned: true }), budget);
  if (result.kind !== "contradiction") return undefined;
  const members = result.operations.map((operation) => columns.source[operation] as number);
  return members.includes(culprit) ? members : undefined;
}

/**
 * The columns as they were known when `last` had just `returned`, or was just about to: what was called later is not
 * there, and what returned later is unknown.
 */
export function upTo(columns: Columns, last: number, { returned }: { returned: boolean }): Columns {
  const { callIndex, returnIndex } = columns;
  const end = returnIndex[last] as number;
  let size = 0;
  while (size < columns.size && (callIndex[size] as number) <= end) size++;
  const optional = columns.optional.slice(0, size);
  const returns = returnIndex.slice(0, size);
  for (let i = 0; i < size; i++) {
    if (isBefore(columns, i, last) || (returned && i === last)) continue;
    optional[i] = 1;
    returns[i] = never;
  }
  return { ...columns, size, optional, returnIndex: returns };
}
