import type { Budget } from "../limits.ts";
import { type Empty, type Item, none } from "./items.ts";

/** Items in an order that agrees with `->` (see unique.ts), and the dequeue after them that found the queue empty. */
export interface Section {
  readonly items: readonly Item[];
  readonly empty?: number;
}

export interface Sections {
  readonly sections: readonly Section[];
  /** Items that an unknown dequeue must have taken. */
  readonly taken: readonly Item[];
}

/**
 * Divides items by the dequeues that found the queue empty, and orders each section; undefined where no order is legal.
 * `unknownFrom`: from this index on an unknown dequeue may have taken any item that no answer accounts for; undefined
 * where there is none.
 *
 * **Empty queues.** Let o be such a dequeue. Every value is in and out again before o, or comes after it. If e(a) < o or
 * d(a) < o, then a is before o. If b is before o, and e(a) or d(a) returned before e(b) or d(b) was called, then a is before
 * o, too: a -> b, or a came into the queue before b left it. So let t be the call of o, take to be before o what has an
 * operation that returned before t, raise t to the latest call of an operation of what is before o, and repeat until
 * nothing changes. All of that is forced. If then t is later than the return of o, something must be both before o and
 * after it: a contradiction.
 *
 * Otherwise what was found to be before o, B(o), can be that, and nothing else: an operation of another value returned at t
 * or later, so it may follow all of B(o) and o. And if o' was called after o, B(o) is part of B(o'), and t for o' is no
 * earlier than for o; so in order of their calls the empty dequeues divide the values into sections, one after another in
 * real time, too. ∎
 */
export function sectionsOf(
  items: readonly Item[],
  empties: readonly Empty[],
  unknownFrom: number | undefined,
  budget: Budget,
): Sections | undefined {
  const taken: Item[] = [];
  const sections: Section[] = [];
  // What an unknown dequeue takes counts as taken from then on; other items are never taken.
  const take = (item: Item): Item | undefined => {
    if (item.dequeue !== none) return item;
    if (unknownFrom === undefined) return undefined;
    taken.push(item);
    return { ...item, dequeueCall: unknownFrom };
  };
  const firstReturn = ({ enqueueReturn, dequeueReturn }: Item) => Math.min(enqueueReturn, dequeueReturn);
  const rest = items.toSorted((a, b) => firstReturn(a) - firstReturn(b));
  let at = 0;
  let t = Number.NEGATIVE_INFINITY;
  for (const { operation, call, return: returned } of empties) {
    const section: Item[] = [];
    t = Math.max(t, call);
    for (; at < rest.length && firstReturn(rest[at] as Item) < t; at++) {
      budget.step();
      const item = take(rest[at] as Item);
      if (item === undefined) return undefined;
      section.push(item);
      t = Math.max(t, item.enqueueCall, item.dequeueCall);
    }
    if (t > returned) return undefined;
    const ordered = inOrder(section, budget);
    if (ordered === undefined) return undefined;
    sections.push({ items: ordered, empty: operation });
  }
  const last = lastSection(rest.slice(at), take);
  const ordered = last && inOrder(last, budget);
  return ordered && { sections: [...sections, { items: ordered }], taken };
}

/** The items left, with those marked as taken that a taken item must follow. */
function lastSection(
  rest: readonly Item[],
  take: (item: Item) => Item | undefined,
): readonly Item[] | undefined {
  const latest = rest.reduce(
    (call, item) => (item.dequeue === none ? call : Math.max(call, item.enqueueCall)),
    Number.NEGATIVE_INFINITY,
  );
  const section: Item[] = [];
  for (const item of rest) {
    const known = item.enqueueReturn < latest ? take(item) : item;
    if (known === undefined) return undefined;
    section.push(known);
  }
  return section;
}

/**
 * The items in an order that agrees with `->`; undefined where it has a cycle. Takes again and again one that nothing left
 * must precede: e was called before any left e or d returned, and d before any left d returned.
 */
function inOrder(items: readonly Item[], budget: Budget): Item[] | undefined {
  const queues = {
    enqueueReturn: new Ascending(items, ({ enqueueReturn }) => enqueueReturn),
    dequeueReturn: new Ascending(items, ({ dequeueReturn }) => dequeueReturn),
    enqueueCall: new Ascending(items, ({ enqueueCall }) => enqueueCall),
    dequeueCall: new Ascending(items, ({ dequeueCall }) => dequeueCall),
  };
  const isGone = new Uint8Array(items.length);
  const checks = new Uint8Array(items.length);
  const ready: number[] = [];
  const pass = (i: number) => {
    checks[i] = (checks[i] as number) + 1;
    if (checks[i] === 2) ready.push(i);
  };
  const ordered: Item[] = [];
  while (ordered.length < items.length) {
    budget.step();
    const enqueued = queues.enqueueReturn.least(isGone);
    const dequeued = queues.dequeueReturn.least(isGone);
    queues.enqueueCall.upTo(Math.min(enqueued, dequeued), pass);
    queues.dequeueCall.upTo(dequeued, pass);
    const next = ready.pop();
    if (next === undefined) return undefined;
    isGone[next] = 1;
    ordered.push(items[next] as Item);
  }
  return ordered;
}

/** Items by an index, walked through once. */
class Ascending {
  readonly #order: Int32Array;
  readonly #index: Float64Array;
  #at = 0;

  constructor(items: readonly Item[], indexOf: (item: Item) => number) {
    this.#index = Float64Array.from(items, indexOf);
    this.#order = Int32Array.from(items.keys()).sort((a, b) => this.#compare(a, b));
  }

  /** The least index of an item that is not gone. */
  least(isGone: Uint8Array): number {
    while (this.#at < this.#order.length && isGone[this.#order[this.#at] as number] === 1) this.#at++;
    const i = this.#order[this.#at];
    return i === undefined ? Number.POSITIVE_INFINITY : (this.#index[i] as number);
  }

  /** Walks on over all items whose index is no greater. */
  upTo(index: number, visit: (i: number) => void): void {
    for (; this.#at < this.#order.length; this.#at++) {
      const i = this.#order[this.#at] as number;
      if ((this.#index[i] as number) > index) return;
      visit(i);
    }
  }

  #compare(a: number, b: number): number {
    const left = this.#index[a] as number;
    const right = this.#index[b] as number;
    return left < right ? -1 : left > right ? 1 : 0;
  }
}
