import { Configurations } from "./configurations.ts";
import { type LimitName, type Limits, Meter } from "./limits.ts";
import { overwrites, reads } from "./machine.ts";
import { type Move, Moves } from "./moves.ts";
import type { Problem } from "./problem.ts";
import { type GaveUp, gaveUp, type SearchResult } from "./result.ts";
import { stateAt } from "./row.ts";
import { isReturn } from "./timeline.ts";
import { Uses } from "./uses.ts";

export interface BreadthFirstOptions {
  readonly limits: Limits;
  /** Configurations that are looked at before the search gives up. */
  readonly work: number;
}

/**
 * Just-in-time linearization: walks the events and keeps every configuration that the past allows. When an operation
 * returns that is not done in a configuration, those take its place that moves of open operations lead to, one after
 * another, until the operation is done.
 *
 * Complete: any legal order can be put off, move by move, until the next return needs it, so some configuration of the
 * set follows that order as far as it is needed (see Moves for the orders that are left out). Sound: every
 * configuration stands for an order that is legal so far. The memory held is the set's, never the history's.
 */
export function breadthFirst(problem: Problem, options: BreadthFirstOptions): SearchResult | GaveUp {
  return new BreadthFirst(problem, options).run();
}

class BreadthFirst {
  readonly #problem: Problem;
  readonly #uses = new Uses();
  readonly #moves: Moves;
  readonly #meter: Meter;
  readonly #row: Int32Array;
  readonly #child: Int32Array;
  readonly #list: Move[] = [];
  /** Work that is left to do. */
  #left: number;
  #current: Configurations;
  #next: Configurations;
  /** Configurations in which the operation that returns is not done. */
  readonly #work: Configurations;

  constructor(problem: Problem, { limits, work }: BreadthFirstOptions) {
    this.#problem = problem;
    this.#left = work;
    this.#moves = new Moves(problem, this.#uses);
    const { layout } = this.#moves;
    this.#current = new Configurations(layout, this.#uses);
    this.#next = new Configurations(layout, this.#uses);
    this.#work = new Configurations(layout, this.#uses);
    this.#row = new Int32Array(layout.stride);
    this.#child = new Int32Array(layout.stride);
    this.#meter = new Meter(limits, () => this.#bytes());
  }

  run(): SearchResult | GaveUp {
    const { events, optional } = this.#problem.timeline;
    this.#row[stateAt] = this.#problem.machine.init;
    this.#current.add(this.#row, this.#moves.exact);
    for (let at = 0; at < events.length; at++) {
      const event = events[at] as number;
      const operation = event >> 1;
      if (isReturn(event)) {
        const limit = this.#return(operation);
        if (limit !== undefined) return { kind: "unknown", limit, events: at, states: this.#states() };
        if (this.#left <= 0) return gaveUp;
        if (this.#current.size === 0) return { kind: "invalid", culprit: operation };
      }
      this.#moves.forward();
      if (!isReturn(event) && !optional[operation]) this.#call(operation);
    }
    return { kind: "valid" };
  }

  /** In place: whether a read is done follows from the state, which tells rows apart already. */
  #call(operation: number): void {
    if (this.#moves.role(operation) !== reads) return;
    for (let i = 0; i < this.#current.count; i++)
      if (this.#current.alive(i)) this.#moves.call(this.#current.row(i), operation);
  }

  /** Replaces the current set by the configurations in which `operation` is done, its slot free again. */
  #return(operation: number): LimitName | undefined {
    const { exact } = this.#moves;
    this.#left -= this.#current.count;
    this.#next.clear();
    this.#work.clear();
    for (let i = 0; i < this.#current.count; i++) {
      if (!this.#current.alive(i)) continue;
      this.#current.read(i, this.#row);
      this.#pass(operation);
    }
    for (let i = 0; i < this.#work.count; i++) {
      if (!this.#work.alive(i)) continue;
      const limit = this.#meter.exceeded();
      if (limit !== undefined) return limit;
      if (--this.#left <= 0) return undefined;
      this.#work.read(i, this.#row);
      const count = this.#moves.list(this.#row, operation, this.#list);
      for (let m = 0; m < count; m++) {
        const move = this.#list[m] as Move;
        this.#moves.apply(this.#row, move, this.#child);
        if (this.#hasEffect(this.#child, operation)) this.#keep(this.#child, operation);
        else this.#work.add(this.#child, exact);
      }
    }
    [this.#current, this.#next] = [this.#next, this.#current];
    return this.#meter.exceeded();
  }

  /** Puts the row where it belongs: an overwriting operation that is done but not used may be left so, or used still. */
  #pass(operation: number): void {
    const row = this.#row;
    const hasEffect = this.#hasEffect(row, operation);
    if (!hasEffect) this.#work.add(row, this.#moves.exact);
    if (hasEffect || this.#moves.isDone(row, operation)) this.#keep(row, operation);
  }

  #hasEffect(row: Int32Array, operation: number): boolean {
    return this.#moves.role(operation) === overwrites
      ? this.#moves.isUsed(row, operation)
      : this.#moves.isDone(row, operation);
  }

  #keep(row: Int32Array, operation: number): void {
    this.#moves.forget(row, operation);
    this.#next.add(row, this.#moves.exact);
  }

  #states(): number[] {
    const states = new Set<number>();
    for (let i = 0; i < this.#current.count; i++)
      if (this.#current.alive(i)) states.add(this.#current.row(i)[stateAt] as number);
    return [...states];
  }

  #bytes(): number {
    return (
      this.#current.bytes() +
      this.#next.bytes() +
      this.#work.bytes() +
      this.#uses.bytes() +
      this.#problem.machine.bytes()
    );
  }
}
