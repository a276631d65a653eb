import type { ReachedState } from "../../../core/evidence.ts";
import type { Operation } from "../../../core/op.ts";
import { illegal, type Model } from "../../model.ts";
import { type Budget, within } from "../limits.ts";

/** At most this many states are reported: a person would not read more. */
const mostStates = 16;
/** Places in orders that the search may visit. */
const mostPlaces = 20_000;

/** A state that the operations may begin in, with those of them that had taken effect by then: positions. */
export interface Start<S> {
  readonly state: S;
  readonly placed: readonly number[];
}

export interface Reached {
  readonly states: readonly ReachedState[];
  /** The states, described, that allow the culprit, but after which the others cannot all be placed. */
  readonly allowing: readonly string[];
  /** Whether there are no other states. */
  readonly isComplete: boolean;
}

/**
 * The states in which `culprit` could have taken effect as far as real time and the others go: those that a legal order
 * of the others passes through, from one of `starts`, between all that had returned before the culprit's call and all
 * that was called after its return. Each with a shortest way there.
 *
 * For small histories: tries all orders, up to a bound, and as long as the budget allows.
 */
export function reachedStates<S>(
  model: Model<S>,
  starts: readonly Start<S>[],
  operations: readonly Operation[],
  culprit: number,
  budget: Budget,
): Reached {
  const orders = new Orders(model, operations, culprit, budget);
  const isWhole = within(
    () => {
      for (const start of starts) orders.from(start);
      return true;
    },
    () => false,
  );
  return orders.reached(isWhole && starts.length > 0);
}

class Orders<S> {
  readonly #model: Model<S>;
  readonly #operations: readonly Operation[];
  readonly #bad: Operation;
  readonly #budget: Budget;
  /** Whether the others can all be placed from a state on, by what was placed before. */
  readonly #known = new Map<string, boolean>();
  readonly #reached = new Map<string | number, ReachedState>();
  readonly #allowing = new Map<string | number, string>();

  /** The number of operations that had taken effect where the orders begin; their order is not known. */
  #placed = 0;

  constructor(model: Model<S>, operations: readonly Operation[], culprit: number, budget: Budget) {
    this.#budget = budget;
    this.#model = model;
    this.#operations = operations;
    this.#bad = operations[culprit] as Operation;
  }

  reached(isWhole: boolean): Reached {
    const states = [...this.#reached.values()].sort((a, b) => a.order.length - b.order.length);
    return {
      states: states.slice(0, mostStates),
      allowing: [...this.#allowing.values()],
      isComplete: isWhole && states.length <= mostStates && this.#known.size < mostPlaces,
    };
  }

  /** Notes the states that can be reached from a start. */
  from({ state, placed }: Start<S>): void {
    this.#placed = placed.length;
    this.canFinish(state, placed);
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
    if (isPossible && rest.every((i) => !this.#isBefore(i))) this.#note(state, order);
    return isPossible;
  }

  #note(state: S, order: readonly number[]): void {
    const print = this.#fingerprint(state);
    const describe = this.#model.describeState ?? this.#fingerprint.bind(this);
    if (this.#allowsBad(state)) {
      this.#allowing.set(print, String(describe(state)));
      return;
    }
    const known = this.#reached.get(print);
    const way = order.slice(this.#placed);
    if (known !== undefined && known.order.length <= way.length) return;
    this.#reached.set(print, { state: String(describe(state)), order: way });
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

  /** The operations that real time allows next. */
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
