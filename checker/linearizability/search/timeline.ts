import { Budget, unlimited } from "../limits.ts";

/**
 * When operations were open, as integers. An operation is *required* (it was answered: it takes effect between its
 * call and its return) or *optional* (it may take effect at any time after its call, or never).
 */
export interface Timeline extends Times {
  /**
   * What happens, in real-time order: `operation * 2` for a call, `operation * 2 + 1` for the return of a required
   * operation.
   */
  readonly events: Int32Array;
  /** For each required operation, its bit in a configuration: its own while it is open, reused by another afterwards. */
  readonly slot: Int32Array;
  /** The greatest number of required operations open at once. */
  readonly slots: number;
  /**
   * For each required operation, the one that returns just before it among those open at its call; -1 where it is the
   * first to return.
   */
  readonly before: Int32Array;
}

export interface Times {
  /** Number of operations. */
  readonly size: number;
  /** 1 where the operation is optional. */
  readonly optional: ArrayLike<number>;
  callIndex(operation: number): number;
  returnIndex(operation: number): number;
}

export const isReturn = (event: number): boolean => (event & 1) === 1;

/** How many operations returned among the first `events` events. */
export const returnsBefore = ({ events }: Timeline, count: number): number =>
  events.subarray(0, count).filter(isReturn).length;

/** Throws `LimitExceeded` where the budget does not allow it. */
export function timeline(times: Times, budget = new Budget(unlimited)): Timeline {
  const events = eventsOf(times);
  budget.look();
  return {
    ...times,
    events,
    ...slotsOf(times, events),
    before: ranks(times, events, budget),
  };
}

/**
 * The timeline of some of the operations: those at `kept`, which ascend and are renumbered. What is left needs no
 * sorting.
 */
export function timelineOf(all: Timeline, kept: readonly number[]): Timeline {
  const number = new Int32Array(all.size).fill(-1);
  for (let i = 0; i < kept.length; i++) number[kept[i] as number] = i;
  const events = new Int32Array(2 * kept.length);
  const optional = new Uint8Array(kept.length);
  let length = 0;
  for (let at = 0; at < all.events.length; at++) {
    const event = all.events[at] as number;
    const operation = number[event >> 1] as number;
    if (operation < 0) continue;
    events[length++] = operation * 2 + (event & 1);
    optional[operation] = all.optional[event >> 1] as number;
  }
  const own = events.subarray(0, length);
  const times: Times = {
    size: kept.length,
    optional,
    callIndex: (operation) => all.callIndex(kept[operation] as number),
    returnIndex: (operation) => all.returnIndex(kept[operation] as number),
  };
  const before = ranks(times, own, new Budget(unlimited));
  return { ...times, events: own, ...slotsOf(times, own), before };
}

/**
 * At equal indexes calls come before returns: only `a.returnIndex < b.callIndex` puts `a` before `b`, so operations
 * whose ends fall together are concurrent.
 */
function eventsOf(times: Times): Int32Array {
  const calls = callOrder(times);
  const returns = returnOrder(times);
  const events = new Int32Array(calls.length + returns.length);
  let c = 0;
  let r = 0;
  for (let at = 0; at < events.length; at++) {
    const call = calls[c];
    const back = returns[r];
    const callFirst =
      call !== undefined && (back === undefined || times.callIndex(call) <= times.returnIndex(back));
    events[at] = callFirst ? (calls[c++] as number) * 2 : (returns[r++] as number) * 2 + 1;
  }
  return events;
}

function callOrder({ size, callIndex }: Times): Int32Array {
  const order = Int32Array.from({ length: size }, (_, i) => i);
  for (let i = 1; i < size; i++)
    if (callIndex(i) < callIndex(i - 1)) return order.sort((a, b) => callIndex(a) - callIndex(b) || a - b);
  return order;
}

function returnOrder({ size, optional, returnIndex }: Times): Int32Array {
  const required: number[] = [];
  let sortable = true;
  for (let i = 0; i < size; i++) {
    if (optional[i]) continue;
    required.push(i);
    const product = returnIndex(i) * size;
    sortable &&= Number.isSafeInteger(product + size) && product >= 0;
  }
  if (!sortable) return Int32Array.from(required).sort((a, b) => returnIndex(a) - returnIndex(b) || a - b);
  // One number that sorts by return, then by operation: the native sort of numbers is ten times faster.
  const keys = Float64Array.from(required, (i) => returnIndex(i) * size + i).sort();
  return Int32Array.from(keys, (key) => key % size);
}

function slotsOf({ size, optional }: Times, events: Int32Array): { slot: Int32Array; slots: number } {
  const slot = new Int32Array(size).fill(-1);
  const free: number[] = [];
  let slots = 0;
  for (let at = 0; at < events.length; at++) {
    const event = events[at] as number;
    const operation = event >> 1;
    if (optional[operation]) continue;
    if (isReturn(event)) free.push(slot[operation] as number);
    else slot[operation] = free.pop() ?? slots++;
  }
  return { slot, slots };
}

function ranks({ size, optional }: Times, events: Int32Array, budget: Budget): Int32Array {
  const returnAt = new Int32Array(size);
  for (let at = 0; at < events.length; at++)
    if (isReturn(events[at] as number)) returnAt[(events[at] as number) >> 1] = at;
  const before = new Int32Array(size).fill(-1);
  const open: number[] = [];
  for (let at = 0; at < events.length; at++) {
    budget.step();
    const event = events[at] as number;
    const operation = event >> 1;
    if (optional[operation]) continue;
    if (isReturn(event)) {
      open.shift();
      continue;
    }
    let place = open.length;
    while (place > 0 && (returnAt[open[place - 1] as number] as number) > (returnAt[operation] as number))
      place--;
    before[operation] = open[place - 1] ?? -1;
    open.splice(place, 0, operation);
  }
  return before;
}
