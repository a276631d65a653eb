import { unreachable } from "../../../core/assert.ts";
import type { Call, Json, Outcome } from "../../../core/op.ts";
import { canonical } from "../../canonical.ts";
import type { QueueAccess } from "../../model.ts";
import type { Budget } from "../limits.ts";
import type { OperationList } from "../operation-list.ts";

/** No operation. */
export const none = -1;
const never = Number.POSITIVE_INFINITY;

/** A queue's model. */
export interface QueueModel {
  readonly init: readonly Json[];
  queue(call: Call, outcome: Outcome): QueueAccess;
}

/** A value that was certainly in the queue: the operations that put it in and took it out, and their indexes. */
export interface Item {
  /** `none` where it was in the queue initially. */
  readonly enqueue: number;
  readonly enqueueCall: number;
  readonly enqueueReturn: number;
  /** `none` where no answer shows that it was taken. */
  dequeue: number;
  dequeueCall: number;
  dequeueReturn: number;
}

/** An operation that found the queue empty. */
export interface Empty {
  readonly operation: number;
  readonly call: number;
  readonly return: number;
}

export interface Items {
  readonly items: readonly Item[];
  readonly empties: readonly Empty[];
  /** Dequeues whose answer is not known, in order of their call. */
  readonly unknown: readonly number[];
  /** Whether the pairing of enqueues and dequeues is a guess, because some value was put in more than once. */
  readonly isGuess: boolean;
}

/**
 * The items that a queue's operations show. Where every value was put in once, they are certain. Otherwise, among equal
 * values, the one that was probably put in first is assumed to have been taken first.
 *
 * An unknown enqueue whose value was taken did happen; others are left out, which leaves the rest more room.
 *
 * A contradiction is certain: a value was taken that was never put in, or more often than that, or before.
 */
export function itemsOf(model: QueueModel, list: OperationList, budget: Budget): Items | "contradiction" {
  const builder = new ItemBuilder(model);
  for (let i = 0; i < list.length; i++) {
    budget.step();
    const outcome = list.outcome(i);
    if (outcome.type !== "fail") builder.add(i, model.queue(list.call(i), outcome), list);
  }
  return builder.items();
}

/** Initial items were put in before every index that a history has. */
const longBefore = -(2 ** 52);

interface Dequeue {
  readonly operation: number;
  readonly call: number;
  readonly return: number;
}

/** What is known about one value. */
interface ValueItems {
  readonly items: Item[];
  /** Items from unknown enqueues. */
  readonly unknown: Item[];
  readonly dequeues: Dequeue[];
}

class ItemBuilder {
  readonly #values = new Map<string, ValueItems>();
  readonly #empties: Empty[] = [];
  readonly #unknown: number[] = [];

  constructor({ init }: QueueModel) {
    init.forEach((value, i) => {
      this.#of(value).items.push(item(none, longBefore + i, longBefore + i));
    });
  }

  add(operation: number, access: QueueAccess, list: OperationList): void {
    const called = list.callIndex(operation);
    const returned = list.returnIndex(operation);
    const isUnknown = list.outcome(operation).type === "info";
    switch (access.kind) {
      case "enqueue": {
        const { items, unknown } = this.#of(access.value);
        (isUnknown ? unknown : items).push(item(operation, called, returned));
        return;
      }
      case "dequeue":
        if (isUnknown) this.#unknown.push(operation);
        else if (access.value === null) this.#empties.push({ operation, call: called, return: returned });
        else this.#of(access.value).dequeues.push({ operation, call: called, return: returned });
        return;
      default:
        unreachable(access.kind);
    }
  }

  items(): Items | "contradiction" {
    const all: Item[] = [];
    let isGuess = false;
    for (const { items, unknown, dequeues } of this.#values.values()) {
      const isRepeated = items.length + unknown.length > 1;
      isGuess ||= isRepeated;
      items.sort((a, b) => a.enqueueCall + a.enqueueReturn - (b.enqueueCall + b.enqueueReturn));
      dequeues.sort((a, b) => a.call + a.return - (b.call + b.return));
      const candidates = [...items, ...unknown.slice(0, Math.max(0, dequeues.length - items.length))];
      for (const [k, dequeue] of dequeues.entries()) {
        const candidate = candidates[k];
        if (candidate === undefined || (!isRepeated && dequeue.return < candidate.enqueueCall))
          return "contradiction";
        candidate.dequeue = dequeue.operation;
        candidate.dequeueCall = dequeue.call;
        candidate.dequeueReturn = dequeue.return;
      }
      all.push(...candidates);
    }
    return { items: all, empties: this.#empties, unknown: this.#unknown, isGuess };
  }

  #of(value: Json): ValueItems {
    const name = canonical(value);
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const added: ValueItems = { items: [], unknown: [], dequeues: [] };
    this.#values.set(name, added);
    return added;
  }
}

const item = (enqueue: number, enqueueCall: number, enqueueReturn: number): Item => ({
  enqueue,
  enqueueCall,
  enqueueReturn,
  dequeue: none,
  dequeueCall: never,
  dequeueReturn: never,
});
