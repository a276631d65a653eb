import type { OperationList } from "../operation-list.ts";

/** Where operations begin and end, as whole numbers below 2^29, so that sums of a few fit into 32 bits. */
export interface Indexes {
  callIndex(i: number): number;
  returnIndex(i: number): number;
}

const limit = 1 << 29;
const isWhole = (index: number) => Number.isInteger(index) && index >= 0 && index < limit;

/**
 * The indexes of a list's operations where they are small whole numbers, as those of a recorded history are. Otherwise
 * their ranks: equal indexes have equal ranks and lesser ones lesser, so all comparisons come out the same.
 */
export function wholeIndexes(list: OperationList): Indexes {
  const { length } = list;
  let areWhole = true;
  for (let i = 0; i < length && areWhole; i++) {
    const end = list.returnIndex(i);
    areWhole = isWhole(list.callIndex(i)) && (end === Number.POSITIVE_INFINITY || isWhole(end));
  }
  if (areWhole) return list;
  const distinct = new Set<number>();
  for (let i = 0; i < length; i++) distinct.add(list.callIndex(i)).add(list.returnIndex(i));
  const ranks = new Map([...distinct].sort((a, b) => a - b).map((index, rank) => [index, rank]));
  const rank = (index: number) => ranks.get(index) as number;
  return { callIndex: (i) => rank(list.callIndex(i)), returnIndex: (i) => rank(list.returnIndex(i)) };
}
