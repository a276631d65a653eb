import type { Json } from "../../../core/op.ts";
import type { Model } from "../../model.ts";
import type { Budget } from "../limits.ts";
import type { OperationList } from "../operation-list.ts";
import { verifyListOrder } from "../verify-order.ts";
import { type Item, type Items, itemsOf, none, type QueueModel } from "./items.ts";
import { type Section, sectionsOf } from "./sections.ts";

/** The result for a queue. An order consists of positions in the list. */
export type QueueResult =
  | { readonly kind: "ordered"; readonly order: Int32Array }
  | { readonly kind: "contradiction" }
  | { readonly kind: "undecided" };

const contradiction: QueueResult = { kind: "contradiction" };
const undecided: QueueResult = { kind: "undecided" };

/** Bytes per operation: its item and the orders it is sorted into; measured on V8, rounded up. */
const bytesPerOperation = 300;

/**
 * Decides a queue into which every value was put once, in O(n log n) and without search, unless dequeues of which the
 * answer is not known leave it open. Where values repeat, it often finds a legal order where there is one.
 *
 * Let e(a) and d(a) be the operations that put a value in and took it out, and write `x < y` where x returned before y
 * was called. Values leave the queue in the order in which they came, so a legal order of the operations is an order of
 * the values, in which a must precede b exactly if e(a) < e(b), d(a) < d(b), or d(a) < e(b): `a -> b`. A value that was
 * never taken has a d later than everything.
 *
 * **Claim.** Where no dequeue found the queue empty, the operations have a legal order exactly if -> has no cycle, and
 * then any order of the values that agrees with -> gives one.
 *
 * **Proof.** All of -> is forced, so a cycle is a contradiction. For the rest take an order of the values that agrees
 * with ->, put the e in that order, the d in that order, each d(a) behind e(a), and let real time say the rest. Suppose
 * that this goes in a circle. It must lead from the d to the e by some d(a) < e(b), so a comes before b; then by e in
 * order to some e(c), c being b or later; and back to the d by d(x) with x being a or earlier: not as d(c) behind e(c), for
 * c comes after a, so as e(c) < d(x). Now d(a) < e(b) and e(c) < d(x). Either d(a) < d(x), though x is not after a; or d(x)
 * was called before d(a) returned, so e(c) returned before e(b) was called: e(c) < e(b), though c is not before b. ∎
 *
 * For dequeues that found the queue empty see sections.ts. They divide the values into sections, to each of which the claim
 * applies.
 *
 * **Unknown dequeues.** Each may have taken a value that no answer accounts for, or nothing. Such a value must have been taken
 * if another one that was taken must follow it, or the queue was empty after it came; the others can be taken to come
 * last. Which unknown dequeue took which is guessed, in order of their calls; an order that comes out is verified. Where
 * none comes out, weaker rules apply: each can take as many values as there are, any time after the first of them was
 * called. What is a contradiction even so is certain. Otherwise the result is `undecided`.
 *
 * **Equal values.** Which of them an operation took is guessed as well. An order that comes out is verified; if none does,
 * that proves nothing, and the result is `undecided`.
 *
 * Throws `LimitExceeded` where the budget does not allow it.
 */
export function decideQueue(model: Model & QueueModel, list: OperationList, budget: Budget): QueueResult {
  budget.look();
  return budget.during(() => {
    budget.hold(list.length * bytesPerOperation);
    const found = itemsOf(model, list, budget);
    if (found === "contradiction") return contradiction;
    const result = decided(model, list, found, budget);
    return found.isGuess && result.kind === "contradiction" ? undecided : result;
  });
}

function decided(model: Model<unknown>, list: OperationList, found: Items, budget: Budget): QueueResult {
  const { items, empties, unknown } = found;
  const isOpen = (item: Item) => item.dequeue === none;
  const firstUnknown = unknown[0] === undefined ? undefined : list.callIndex(unknown[0]);
  const loose = sectionsOf(items, empties, firstUnknown, budget);
  if (loose === undefined || loose.taken.length > unknown.length) return contradiction;
  const order = merged(loose.sections, budget);
  if (loose.taken.length === 0) return verified(model, list, order);
  const byEnqueue = loose.taken.toSorted((a, b) => a.enqueueReturn - b.enqueueReturn);
  const guessed = new Map(byEnqueue.map((item, k) => [item, unknown[k] as number]));
  const completed = items.map((item): Item => {
    const dequeue = guessed.get(item);
    if (!isOpen(item) || dequeue === undefined) return item;
    return { ...item, dequeue, dequeueCall: list.callIndex(dequeue) };
  });
  const tight = sectionsOf(completed, empties, undefined, budget);
  return tight === undefined ? undecided : verified(model, list, merged(tight.sections, budget));
}

function verified(model: Model<unknown>, list: OperationList, order: number[] | undefined): QueueResult {
  return order !== undefined && verifyListOrder(model, list, order)
    ? { kind: "ordered", order: Int32Array.from(order) }
    : undecided;
}

/** The operations of all sections, in a legal order; undefined where there is none. */
function merged(sections: readonly Section[], budget: Budget): number[] | undefined {
  const order: number[] = [];
  for (const { items, empty } of sections) {
    if (!mergeInto(order, items, budget)) return undefined;
    if (empty !== undefined) order.push(empty);
  }
  return order;
}

/** Adds the enqueues and the dequeues of items, which are in order: an enqueue as soon as real time allows it. */
function mergeInto(order: number[], items: readonly Item[], budget: Budget): boolean {
  const earliestEnqueue = earliestFrom(items, ({ enqueueReturn }) => enqueueReturn);
  const earliestDequeue = earliestFrom(items, ({ dequeueReturn }) => dequeueReturn);
  let put = 0;
  let took = 0;
  for (;;) {
    budget.step();
    const next = items[put];
    const oldest = items[took];
    if (next !== undefined && (earliestDequeue[took] as number) >= next.enqueueCall) {
      if (next.enqueue !== none) order.push(next.enqueue);
      put++;
    } else if (
      took < put &&
      oldest !== undefined &&
      oldest.dequeue !== none &&
      (earliestEnqueue[put] as number) >= oldest.dequeueCall
    ) {
      order.push(oldest.dequeue);
      took++;
    } else return put === items.length && (oldest === undefined || oldest.dequeue === none);
  }
}

/** For each position, the least index among the items from there on. */
function earliestFrom(items: readonly Item[], indexOf: (item: Item) => number): Float64Array {
  const earliest = new Float64Array(items.length + 1).fill(Number.POSITIVE_INFINITY);
  for (let i = items.length - 1; i >= 0; i--)
    earliest[i] = Math.min(earliest[i + 1] as number, indexOf(items[i] as Item));
  return earliest;
}

/** A model of a queue. */
export const isQueue = (model: Model): model is Model & QueueModel =>
  model.queue !== undefined && Array.isArray(model.init as Json);
