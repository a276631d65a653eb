import type { OperationList } from "../operation-list.ts";
import { type Columns, columnsOf, never, type RegisterModel } from "./columns.ts";
import { decideUnique } from "./unique.ts";

/**
 * The operation whose return brought the first contradiction of values, in a history that has one. By halving: what
 * contradicts itself does so with more history, too.
 */
export function firstContradicting(columns: Columns): number {
  const required = [...columns.kind.keys()].filter((i) => i < columns.size && !columns.optional[i]);
  const byReturn = required.sort(
    (a, b) => (columns.returnIndex[a] as number) - (columns.returnIndex[b] as number) || a - b,
  );
  let low = 0;
  let high = byReturn.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (decideUnique(upTo(columns, byReturn[middle] as number)).kind === "contradiction") high = middle;
    else low = middle + 1;
  }
  return byReturn[low] as number;
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
  const result = decideUnique(upTo(columns, columns.source.indexOf(culprit)));
  if (result.kind !== "contradiction") return undefined;
  const members = result.operations.map((operation) => columns.source[operation] as number);
  return members.includes(culprit) ? members : undefined;
}

/**
 * The columns as they were known when `last` returned: what was called later is not there, and what returned later, or
 * at the same index and further down the list, is unknown.
 */
export function upTo(columns: Columns, last: number): Columns {
  const { callIndex, returnIndex } = columns;
  const end = returnIndex[last] as number;
  let size = 0;
  while (size < columns.size && (callIndex[size] as number) <= end) size++;
  const optional = columns.optional.slice(0, size);
  const returns = returnIndex.slice(0, size);
  for (let i = 0; i < size; i++) {
    const back = returns[i] as number;
    if (back < end || (back === end && i <= last)) continue;
    optional[i] = 1;
    returns[i] = never;
  }
  return { ...columns, size, optional, returnIndex: returns };
}
