import type { OperationList } from "../operation-list.ts";
import { type Columns, columnsOf, never, type RegisterModel } from "./columns.ts";
import type { Contradiction } from "./links.ts";
import { decideUnique } from "./unique.ts";

/** Contradictions that are followed back one by one before the rest is halved. */
const steps = 4;

/**
 * The operation whose return brought the first contradiction of values, in a history that has one. A contradiction is
 * complete when the last of its operations has returned; whether there was one before is asked of the history until
 * then. As a rule there was none; where there are many, by halving.
 */
export function firstContradicting(columns: Columns, found: Contradiction): number {
  let last = lastReturned(columns, found);
  for (let step = 0; step < steps; step++) {
    const earlier = decideUnique(upTo(columns, last, { returned: false }));
    if (earlier.kind !== "contradiction") return last;
    last = lastReturned(columns, earlier);
  }
  const byReturn = [...columns.kind.keys()]
    .filter((i) => i < columns.size && !columns.optional[i] && isBefore(columns, i, last))
    .sort((a, b) => (isBefore(columns, a, b) ? -1 : 1));
  let low = 0;
  let high = byReturn.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const past = upTo(columns, byReturn[middle] as number, { returned: true });
    if (decideUnique(past).kind === "contradiction") high = middle;
    else low = middle + 1;
  }
  return byReturn[low] ?? last;
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
 * values of the history up to the culprit's return do not tell (see unique.ts).
 */
export function contradictionBefore(
  model: RegisterModel,
  list: OperationList,
  culprit: number,
): number[] | undefined {
  const columns = columnsOf(model, list);
  const result = decideUnique(upTo(columns, columns.source.indexOf(culprit), { returned: true }));
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
