import type { ReachedState } from "../../core/evidence.ts";
import type { Operation } from "../../core/op.ts";
import { illegal, type Model } from "../model.ts";
import { type Budget, within } from "../search/limits.ts";

/** More states than a person would read. */
const mostStates = 16;
/** Places of orders that are looked at. */
const mostPlaces = 20_000;

/**
 * The states in which `culprit` could have taken effect as far as real time and the others go: those that a legal order
 * of the others passes through, from one of `starts`, between all that had returned before the culprit's call and all
 * that was called after its return. Each with a shortest way there. A state that allows the culprit is left out: it is
 * one from which the others cannot be placed any more once the culprit is.
 *
 * For small histories: tries all orders, up to a bound, and as long as the budget allows.
 */
export function reachedStates<S>(
  model: Model<S>,
  starts: readonly S[],
  operations: readonly Operation[],
  culprit: number,
  budget: Budget,
): ReachedState[] {
  const orders = new Orders(model, operations, culprit, budget);
  within(
    () => {
      for (const start of starts) orders.canFinish(start, []);
    },
    () => {},
  );
  return orders.reached();
}

class Orders<S> {
  readonly #model: Model<S>;
  readonly #operations: readonly Operation[];
  readonly #bad: Operation;
  readonly #budget: Budget;
  /** Whether the others can all be placed from a state on, by what was placed before. */
  readonly #known = new Map<string, boolean>();
  readonly #reached = new Map<string | number, ReachedState>();

  constructor(model: Model<S>, operations: readonly Operation[], culprit: number, budget: Budget) {
    this.#budget = budget;
    this.#model = model;
    this.#operations = operations;
    this.#bad = operations[culprit] as Operation;
  }

  reached(): ReachedState[] {
    return [...this.#reached.values()].slice(0, mostStates);
  }

  /** Whether the others can all be placed after `order`, which leads to `state`; notes the states on the way. */
  canFinish(state: S, order: readonly number[]): boolean {
    const name = `${this.#fingerprint(state)} ${order.toSorted((a, b) => a - b)}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (this.#known.size >= mostPlaces) return false;
    this.#budget.look();
    this.#known.set(name, false);
    const rest = this.#rest(order);
    let isPossible = rest.every((i) => !this.#mustBePlaced(i));
    for (const i of this.#followers(rest)) {
      const { call, outcome } = this.#operations[i] as Operation;
      const next = this.#model.step(state, call, outcome);
      if (next !== illegal && this.canFinish(next, [...order, i])) isPossible = true;
    }
    this.#known.set(name, isPossible);
    if (isPossible && rest.every((i) => !this.#isBefore(i)) && !this.#allowsBad(state))
      this.#note(state, order);
    return isPossible;
  }

  #note(state: S, order: readonly number[]): void {
    const print = this.#fingerprint(state);
    const known = this.#reached.get(print);
    if (known !== undefined && known.order.length <= order.length) return;
    const describe = this.#model.describe ?? this.#fingerprint.bind(this);
    this.#reached.set(print, { state: String(describe(state)), order });
  }

  #allowsBad(state: S): boolean {
    return this.#model.step(state, this.#bad.call, this.#bad.outcome) !== illegal;
  }

  #fingerprint(state: S): string | number {
    return this.#model.fingerprint?.(state) ?? JSON.stringify(state);
  }

  /** The operations that are not placed and not too late. */
  #rest(order: readonly number[]): number[] {
    return this.#operations.flatMap((operation, i) => {
      const isLate = operation.callIndex > this.#bad.returnIndex;
      return operation === this.#bad || isLate || order.includes(i) ? [] : [i];
    });
  }

  /** What real time lets come next. */
  #followers(rest: readonly number[]): number[] {
    const firstReturn = Math.min(...rest.map((i) => (this.#operations[i] as Operation).returnIndex));
    return rest.filter((i) => (this.#operations[i] as Operation).callIndex <= firstReturn);
  }

  #mustBePlaced(i: number): boolean {
    return (this.#operations[i] as Operation).returnIndex <= this.#bad.returnIndex;
  }

  #isBefore(i: number): boolean {
    return (this.#operations[i] as Operation).returnIndex < this.#bad.callIndex;
  }
}
