import type { Budget } from "../limits.ts";
import type { Guess } from "../search/problem.ts";
import { type Columns, cas, read, replace, write } from "./columns.ts";

/**
 * A guess at when every operation of a register took effect, and until when what it set was looked at, on the scale of
 * indexes. It only says what a search tries first, so nothing depends on its being right.
 *
 * Each read is given to the setter of its value that was probably the last before it. Then a setter's time is where
 * unique values would put its block (see unique.ts): at the earliest return or the latest call among the setter and its
 * readers, whichever is less.
 *
 * Throws `LimitExceeded` where the budget does not allow it.
 */
export function guessTimes(columns: Columns, budget: Budget): Guess {
  const { size, kind, value, callIndex, returnIndex } = columns;
  const middle = Float64Array.from({ length: size }, (_, i) => middleOf(columns, i));
  const setters = settersByValue(columns, middle);
  budget.look();
  const firstReturn = Float64Array.from(returnIndex);
  const lastCall = Float64Array.from(callIndex);
  for (let i = 0; i < size; i++) {
    budget.step();
    if (kind[i] !== read && kind[i] !== cas) continue;
    const setter = lastBefore(setters(value[i] as number), middle, middle[i] as number);
    if (setter === undefined) continue;
    firstReturn[setter] = Math.min(firstReturn[setter] as number, returnIndex[i] as number);
    lastCall[setter] = Math.max(lastCall[setter] as number, callIndex[i] as number);
  }
  return { time: firstReturn.map((first, i) => Math.min(first, lastCall[i] as number)), seenUntil: lastCall };
}

/** Unknown operations have no end: they count as having happened when they were called. */
function middleOf({ callIndex, returnIndex, optional }: Columns, i: number): number {
  const called = callIndex[i] as number;
  return optional[i] ? called : (called + (returnIndex[i] as number)) / 2;
}

/** The operations that set a value, in order of their middles. */
function settersByValue(columns: Columns, middle: Float64Array): (value: number) => Int32Array {
  const { size, kind, value, to, valueCount } = columns;
  const keys: number[] = [];
  for (let i = 0; i < size; i++)
    if (kind[i] === write || kind[i] === replace || kind[i] === cas)
      keys.push(2 * (middle[i] as number) * size + i);
  // One whole number that sorts by middle, then by operation: the native sort of numbers is ten times faster.
  const setters = Int32Array.from(Float64Array.from(keys).sort(), (key) => key % size);
  const set = (i: number) => (kind[i] === cas ? to[i] : value[i]) as number;
  const start = new Int32Array(valueCount + 1);
  for (const i of setters) start[set(i) + 1] = (start[set(i) + 1] as number) + 1;
  for (let v = 0; v < valueCount; v++) start[v + 1] = (start[v + 1] as number) + (start[v] as number);
  const next = start.slice();
  const sorted = new Int32Array(setters.length);
  for (const i of setters) {
    sorted[next[set(i)] as number] = i;
    next[set(i)] = (next[set(i)] as number) + 1;
  }
  return (v) => sorted.subarray(start[v], start[v + 1]);
}

function lastBefore(setters: Int32Array, middle: Float64Array, time: number): number | undefined {
  let low = 0;
  let high = setters.length;
  while (low < high) {
    const at = (low + high) >> 1;
    if ((middle[setters[at] as number] as number) <= time) low = at + 1;
    else high = at;
  }
  return setters[Math.max(0, low - 1)];
}
