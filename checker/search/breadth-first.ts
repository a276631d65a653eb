import { assert } from "../../core/assert.ts";
import { Configurations, header } from "./configurations.ts";
import { type LimitName, type Limits, Meter } from "./limits.ts";
import { type Machine, noState } from "./machine.ts";
import type { Problem } from "./problem.ts";
import { Uses } from "./uses.ts";

export type SearchResult =
  | { readonly kind: "valid" }
  | {
      readonly kind: "invalid";
      /** The required operation that no configuration lets take effect before its return. */
      readonly culprit: number;
      /** Position in `events` of its return. */
      readonly event: number;
    }
  | {
      readonly kind: "unknown";
      readonly limit: LimitName;
      readonly event: number;
      readonly states: readonly number[];
    };

/**
 * Just-in-time linearization: walks the events and keeps every configuration that the past allows. At the return of
 * an operation that has not taken effect in a configuration, the configuration is replaced by those that open
 * operations lead to, one after another, until the operation has.
 *
 * Complete: any legal order can be put off operation by operation until the next return needs it, so some
 * configuration of the set follows that order as far as it is needed. The memory held is the set's, never the history's.
 *
 * Three reductions keep the set small:
 * - An open required operation that only reads, and that the state allows, takes effect at once. Sound: in a legal order
 *   that has it later it can be moved to here, for it changes nothing in either place. (That it leaves *this* state as
 *   it is does not do: writing 0 over 0 may be needed again later.)
 * - An optional operation that would leave the state as it is stays open: using it up gains nothing.
 * - Of open operations of one class the one that returns first takes effect first: exchanging them in an order that
 *   has them otherwise keeps it legal, since both are open now and the earlier return is met sooner.
 */
export function breadthFirst(problem: Problem, machine: Machine, limits: Limits): SearchResult {
  return new BreadthFirst(problem, machine, limits).run();
}

class BreadthFirst {
  readonly #problem: Problem;
  readonly #machine: Machine;
  readonly #uses = new Uses();
  readonly #meter: Meter;
  /** Open required operations, the one that returns first in front. */
  readonly #open: number[] = [];
  /** Optional operations called so far: class -> how many. */
  readonly #available = new Map<number, number>();
  readonly #returnEvent: Int32Array;
  readonly #row: Int32Array;
  readonly #child: Int32Array;
  #current: Configurations;
  #next: Configurations;
  readonly #work: Configurations;

  constructor(problem: Problem, machine: Machine, limits: Limits) {
    this.#problem = problem;
    this.#machine = machine;
    const stride = header + Math.ceil(problem.slots / 32);
    this.#current = new Configurations(stride, this.#uses);
    this.#next = new Configurations(stride, this.#uses);
    this.#work = new Configurations(stride, this.#uses);
    this.#row = new Int32Array(stride);
    this.#child = new Int32Array(stride);
    this.#returnEvent = returnEvents(problem);
    this.#meter = new Meter(
      limits,
      () =>
        this.#current.bytes() +
        this.#next.bytes() +
        this.#work.bytes() +
        this.#uses.bytes() +
        this.#machine.bytes(),
    );
  }

  run(): SearchResult {
    const { events, optional } = this.#problem;
    this.#row[0] = this.#machine.init;
    this.#current.add(this.#row);
    for (let at = 0; at < events.length; at++) {
      const operation = (events[at] as number) >> 1;
      const isReturn = (events[at] as number) & 1;
      if (isReturn) {
        const limit = this.#return(operation);
        if (limit !== undefined) return { kind: "unknown", limit, event: at, states: this.#states() };
        if (this.#current.size === 0) return { kind: "invalid", culprit: operation, event: at };
      } else if (optional[operation]) {
        const operationClass = this.#problem.classOf[operation] as number;
        this.#available.set(operationClass, (this.#available.get(operationClass) ?? 0) + 1);
      } else {
        this.#call(operation);
      }
    }
    return { kind: "valid" };
  }

  #call(operation: number): void {
    const returns = this.#returnEvent[operation] as number;
    let place = this.#open.length;
    while (place > 0 && (this.#returnEvent[this.#open[place - 1] as number] as number) > returns) place--;
    this.#open.splice(place, 0, operation);
    this.#next.clear();
    for (let i = 0; i < this.#current.count; i++) {
      if (!this.#current.alive(i)) continue;
      this.#current.read(i, this.#row);
      this.#settle(this.#row);
      this.#next.add(this.#row);
    }
    this.#swap();
  }

  /** Replaces the current set by the configurations in which `operation` has taken effect, its slot free again. */
  #return(operation: number): LimitName | undefined {
    const slot = this.#problem.slot[operation] as number;
    assert(this.#open[0] === operation, "the open operation that returns first is in front");
    this.#next.clear();
    this.#work.clear();
    for (let i = 0; i < this.#current.count; i++) {
      if (!this.#current.alive(i)) continue;
      this.#current.read(i, this.#row);
      this.#sort(this.#row, slot);
    }
    for (let i = 0; i < this.#work.count; i++) {
      if (!this.#work.alive(i)) continue;
      const limit = this.#meter.exceeded();
      if (limit !== undefined) return limit;
      this.#work.read(i, this.#row);
      this.#expand(slot);
    }
    this.#open.shift();
    this.#swap();
    return this.#meter.exceeded();
  }

  /** Adds to the work all that one operation more leads to from `#row`. */
  #expand(slot: number): void {
    const state = this.#row[0] as number;
    const tried = new Set<number>();
    for (const operation of this.#open) {
      const operationClass = this.#problem.classOf[operation] as number;
      const own = this.#problem.slot[operation] as number;
      if (isSet(this.#row, own) || tried.has(operationClass)) continue;
      tried.add(operationClass);
      const next = this.#machine.step(state, operationClass);
      if (next === noState) continue;
      this.#child.set(this.#row);
      this.#child[0] = next;
      setBit(this.#child, own);
      this.#settle(this.#child);
      this.#sort(this.#child, slot);
    }
    for (const [operationClass, available] of this.#available) {
      const next = this.#machine.step(state, operationClass);
      if (next === noState || next === state) continue;
      const used = this.#row[1] as number;
      if (this.#uses.count(used, operationClass) >= available) continue;
      this.#child.set(this.#row);
      this.#child[0] = next;
      this.#child[1] = this.#uses.add(used, operationClass);
      this.#settle(this.#child);
      this.#sort(this.#child, slot);
    }
  }

  /** Puts a configuration where it belongs: done with the returning operation, or still to be worked on. */
  #sort(row: Int32Array, slot: number): void {
    if (isSet(row, slot)) {
      clearBit(row, slot);
      this.#next.add(row);
    } else {
      this.#work.add(row);
    }
  }

  /** Lets every open required operation that only reads, and what the state allows, take effect. */
  #settle(row: Int32Array): void {
    const state = row[0] as number;
    for (const operation of this.#open) {
      const operationClass = this.#problem.classOf[operation] as number;
      if (this.#machine.readOnly(operationClass) && this.#machine.step(state, operationClass) !== noState)
        setBit(row, this.#problem.slot[operation] as number);
    }
  }

  #swap(): void {
    [this.#current, this.#next] = [this.#next, this.#current];
  }

  #states(): number[] {
    const states = new Set<number>();
    for (let i = 0; i < this.#current.count; i++) {
      if (!this.#current.alive(i)) continue;
      this.#current.read(i, this.#row);
      states.add(this.#row[0] as number);
    }
    return [...states];
  }
}

function returnEvents({ events, source }: Problem): Int32Array {
  const at = new Int32Array(source.length).fill(-1);
  events.forEach((event, position) => {
    if (event & 1) at[event >> 1] = position;
  });
  return at;
}

const isSet = (row: Int32Array, slot: number): boolean =>
  ((row[header + (slot >> 5)] as number) & (1 << (slot & 31))) !== 0;
const setBit = (row: Int32Array, slot: number): void => {
  row[header + (slot >> 5)] = (row[header + (slot >> 5)] as number) | (1 << (slot & 31));
};
const clearBit = (row: Int32Array, slot: number): void => {
  row[header + (slot >> 5)] = (row[header + (slot >> 5)] as number) & ~(1 << (slot & 31));
};
