import type { Outcome } from "../../core/op.ts";
import { illegal, type Model } from "../model.ts";
import type { Budget } from "./limits.ts";
import type { OperationList } from "./operation-list.ts";
import { verifyListOrder } from "./verify-order.ts";

/**
 * A legal order taken from the system's own revisions: positions in the list in order of the revisions that it reported,
 * changes of a state before reads of it. Unknown operations are inserted where a later one needs them; reads and refused
 * comparisons without a revision go to the first place in their time where they are legal.
 *
 * Undefined where an answered change has no revision, and where the order is not legal. That proves nothing: a system may
 * keep its promise and count revisions in another way. But an order that is found is verified by `verifyListOrder`, which
 * knows only the definition of linearizability; so the order is a proof even if revisions are wrong.
 *
 * Sorts and verifies, without search: O(n log n) steps, and no more than `triesPerOperation` for unknown operations.
 * Throws `LimitExceeded` where the budget does not allow it.
 */
export function revisionOrder<S>(
  model: Model<S>,
  list: OperationList,
  budget: Budget,
): Int32Array | undefined {
  const sorted = sortedByRevision(model, list, budget);
  if (sorted === undefined) return undefined;
  return budget.during(() => {
    budget.hold(list.length * bytesPerOperation);
    const path = follow(model, list, sorted, budget);
    const order =
      path && (sorted.silent.length === 0 ? path.order : withSilent(model, list, path, sorted, budget));
    return order && verifyListOrder(model, list, order) ? Int32Array.from(order) : undefined;
  });
}

/** Tries of unknown operations in total, as a multiple of the number of operations. */
const triesPerOperation = 8;
const bytesPerOperation = 80;

const unanswered: Outcome = {
  type: "info",
  error: { code: "timeout", definite: false, message: "no answer" },
};

/** The operations of a list from which an order is built: positions in it. */
interface Sorted {
  /** The operations with a revision, sorted by it. */
  readonly placed: readonly number[];
  /** Answered operations that changed nothing and have no revision, in order of their call. */
  readonly silent: readonly number[];
  /** In order of their call. */
  readonly unknown: readonly number[];
}

function sortedByRevision<S>(model: Model<S>, list: OperationList, budget: Budget): Sorted | undefined {
  const revisions = new Map<number, number>();
  const isRead = new Set<number>();
  const placed: number[] = [];
  const silent: number[] = [];
  const unknown: number[] = [];
  for (let i = 0; i < list.length; i++) {
    budget.step();
    const outcome = list.outcome(i);
    if (outcome.type === "info") unknown.push(i);
    if (outcome.type === "info" || (outcome.type === "fail" && outcome.error.code !== "mismatch")) continue;
    const revision =
      outcome.type === "ok" ? (outcome.output.revision ?? outcome.output.modRevision) : undefined;
    if (revision === undefined) {
      if (!(model.readOnly?.(list.call(i), outcome) ?? false)) return undefined;
      silent.push(i);
      continue;
    }
    revisions.set(i, revision);
    // A read, whether or not it was answered: without an answer it changes nothing.
    if (model.readOnly?.(list.call(i), unanswered) ?? false) isRead.add(i);
    placed.push(i);
  }
  if (placed.length === 0) return undefined;
  const at = (i: number) => revisions.get(i) as number;
  // Stable, and the list is in order of invocation: reads of one state keep that order, which real time allows.
  placed.sort((a, b) => at(a) - at(b) || Number(isRead.has(a)) - Number(isRead.has(b)));
  return { placed, silent, unknown };
}

/** An order, and the state in front of each of its operations; behind the last one the final state. */
interface Path<S> {
  readonly order: number[];
  readonly states: S[];
}

function follow<S>(
  model: Model<S>,
  list: OperationList,
  { placed, unknown: all }: Sorted,
  budget: Budget,
): Path<S> | undefined {
  const unknown = [...all];
  let tries = triesPerOperation * list.length;
  const path: Path<S> = { order: [], states: [model.init] };
  const step = (state: S, i: number) => model.step(state, list.call(i), list.outcome(i));
  for (const i of placed) {
    budget.step();
    const state = path.states.at(-1) as S;
    let next = step(state, i);
    for (let u = 0; next === illegal && u < unknown.length; u++) {
      const candidate = unknown[u] as number;
      if (--tries < 0 || list.callIndex(candidate) > list.returnIndex(i)) break;
      budget.step();
      const between = step(state, candidate);
      next = between === illegal ? illegal : step(between, i);
      if (between === illegal || next === illegal) continue;
      path.order.push(candidate);
      path.states.push(between);
      unknown.splice(u, 1);
    }
    if (next === illegal) return undefined;
    path.order.push(i);
    path.states.push(next);
  }
  return path;
}

/** The order with the silent operations put in; undefined where one does not fit. */
function withSilent<S>(
  model: Model<S>,
  list: OperationList,
  { order, states }: Path<S>,
  { silent }: Sorted,
  budget: Budget,
): number[] | undefined {
  const { length } = order;
  // The latest call in front of every place, and the earliest return behind it: both ascend.
  const latestCall = new Float64Array(length + 1).fill(Number.NEGATIVE_INFINITY);
  const earliestReturn = new Float64Array(length + 1).fill(Number.POSITIVE_INFINITY);
  order.forEach((i, p) => {
    latestCall[p + 1] = Math.max(latestCall[p] as number, list.callIndex(i));
  });
  for (let p = length - 1; p >= 0; p--)
    earliestReturn[p] = Math.min(earliestReturn[p + 1] as number, list.returnIndex(order[p] as number));
  const byReturn = [...silent].sort((a, b) => list.returnIndex(a) - list.returnIndex(b));
  const placeOf = new Map<number, number>();
  let returned = 0;
  let least = 0;
  for (const i of silent) {
    // After all that returned before its call, other silent ones included; the first such place leaves the most room.
    const isPast = (other: number) => list.returnIndex(other) < list.callIndex(i);
    for (; isPast(byReturn[returned] as number); returned++)
      least = Math.max(least, placeOf.get(byReturn[returned] as number) as number);
    let place = Math.max(least, firstBehind(earliestReturn, list.callIndex(i)));
    while (model.step(states[place] as S, list.call(i), list.outcome(i)) === illegal) {
      budget.step();
      place++;
      if (place > length || (latestCall[place] as number) > list.returnIndex(i)) return undefined;
    }
    placeOf.set(i, place);
  }
  return merged(order, silent, placeOf);
}

/** The first place behind which nothing returned before `index`. */
function firstBehind(earliestReturn: Float64Array, index: number): number {
  let low = 0;
  let high = earliestReturn.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((earliestReturn[middle] as number) < index) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `order` with `extra` put in, each in front of its place; those that share one in order of their call. */
function merged(order: readonly number[], extra: readonly number[], placeOf: ReadonlyMap<number, number>) {
  const place = (i: number) => placeOf.get(i) as number;
  const waiting = [...extra].sort((a, b) => place(a) - place(b));
  const all: number[] = [];
  let next = 0;
  for (let p = 0; p <= order.length; p++) {
    for (; next < waiting.length && place(waiting[next] as number) === p; next++)
      all.push(waiting[next] as number);
    if (p < order.length) all.push(order[p] as number);
  }
  return all;
}
