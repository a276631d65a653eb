import { type LimitName, type Limits, Meter, within } from "../limits.ts";
import { Configurations } from "./configurations.ts";
import { type Move, Moves } from "./moves.ts";
import type { Problem } from "./problem.ts";
import type { GaveUp, SearchResult } from "./result.ts";
import { stateAt, usesAt } from "./row.ts";
import { isReturn } from "./timeline.ts";
import { Trace } from "./trace.ts";
import { Uses } from "./uses.ts";

export interface BreadthFirstOptions {
  readonly limits: Limits;
  /** Configurations that the search may still visit before it gives up. Counts down. */
  readonly work: Work;
  /** Where the search begins; absent: at the first event, in the initial state. */
  readonly start?: Start;
  /** Whether to keep the order that is found. This takes memory for every configuration that ever existed. */
  readonly keepsOrder?: boolean;
  /** Called with the configurations before the event at position `at`. */
  readonly observe?: { readonly at: number; seen(configurations: readonly Configuration[]): void };
}

export interface Work {
  left: number;
}

/** A configuration in the problem's numbers. */
export interface Configuration {
  readonly state: number;
  /** Open required operations that are done, and those of them that took effect visibly. */
  readonly done: readonly number[];
  readonly used: readonly number[];
  /** Classes of the optional operations that took effect, with repetition. */
  readonly spent: readonly number[];
}

export interface Start {
  /** How many events are past: calls only. */
  readonly events: number;
  readonly configurations: readonly Configuration[];
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
  readonly #options: BreadthFirstOptions;
  readonly #uses = new Uses();
  readonly #moves: Moves;
  readonly #meter: Meter;
  readonly #row: Int32Array;
  readonly #child: Int32Array;
  readonly #list: Move[] = [];
  readonly #trace: Trace | undefined;
  #current: Configurations;
  #next: Configurations;
  /** Configurations in which the operation that returns is not done. */
  readonly #work: Configurations;

  constructor(problem: Problem, options: BreadthFirstOptions) {
    this.#problem = problem;
    this.#options = options;
    const keepsOrder = options.keepsOrder === true;
    this.#moves = new Moves(problem, this.#uses, keepsOrder);
    this.#trace = keepsOrder ? new Trace(this.#moves.layout, (bytes) => this.#meter.fits(bytes)) : undefined;
    const configurations = () =>
      new Configurations(this.#moves.layout, this.#uses, (bytes) => this.#meter.fits(bytes));
    this.#current = configurations();
    this.#next = configurations();
    this.#work = configurations();
    this.#row = new Int32Array(this.#moves.layout.stride);
    this.#child = new Int32Array(this.#moves.layout.stride);
    this.#meter = new Meter(options.limits, () => this.#bytes());
  }

  run(): SearchResult | GaveUp {
    return within(
      () => this.#walk(),
      (limit) => this.#unknown(limit),
    );
  }

  #unknown(limit: LimitName): SearchResult {
    return { kind: "unknown", limit, events: this.#moves.window.at, states: this.#states() };
  }

  #walk(): SearchResult | GaveUp {
    const { events, optional } = this.#problem.timeline;
    const { observe } = this.#options;
    this.#begin();
    for (let at = this.#moves.window.at; at < events.length; at++) {
      if (observe?.at === at) observe.seen(this.#configurations());
      const event = events[at] as number;
      const operation = event >> 1;
      if (isReturn(event)) {
        const limit = this.#return(operation);
        if (limit !== undefined) return this.#unknown(limit);
        if (this.#options.work.left <= 0) return { kind: "gave-up", events: at, states: this.#states() };
        if (this.#current.size === 0) return { kind: "invalid", culprit: operation };
      }
      this.#moves.forward();
      if (!isReturn(event) && !optional[operation]) this.#call(operation);
    }
    const order = this.#trace?.orderTo(this.#current.first());
    return { kind: "valid", ...(order !== undefined && { order }) };
  }

  #begin(): void {
    const init = { state: this.#problem.machine.init, done: [], used: [], spent: [] };
    const { events, configurations } = this.#options.start ?? { events: 0, configurations: [init] };
    while (this.#moves.window.at < events) this.#moves.forward();
    for (const { state, done, used, spent } of configurations) {
      this.#row.fill(0);
      this.#row[stateAt] = state;
      this.#row[usesAt] = spent.reduce((uses, id) => this.#uses.add(uses, id), 0);
      this.#moves.callAll(this.#row);
      for (const operation of done) this.#moves.mark(this.#row, operation, used.includes(operation));
      this.#current.add(this.#row, this.#moves.exact);
    }
  }

  #configurations(): Configuration[] {
    const { window } = this.#moves;
    const open: number[] = [];
    for (let operation = window.first; operation >= 0; operation = window.next(operation))
      open.push(operation);
    const found: Configuration[] = [];
    for (let i = 0; i < this.#current.count; i++) {
      if (!this.#current.alive(i)) continue;
      const row = this.#current.row(i);
      found.push({
        state: row[stateAt] as number,
        done: open.filter((operation) => this.#moves.isDone(row, operation)),
        used: open.filter((operation) => this.#moves.isUsed(row, operation)),
        spent: this.#uses.members(row[usesAt] as number),
      });
    }
    return found;
  }

  /** In place: what a call changes follows from the state, which already distinguishes rows. */
  #call(operation: number): void {
    if (!this.#moves.changesAtCall(operation)) return;
    for (let i = 0; i < this.#current.count; i++)
      if (this.#current.alive(i)) this.#moves.call(this.#current.row(i), operation);
  }

  /** Replaces the current set by the configurations in which `operation` is done, its slot free again. */
  #return(operation: number): LimitName | undefined {
    const { exact } = this.#moves;
    this.#options.work.left -= this.#current.count;
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
      if (--this.#options.work.left <= 0) return undefined;
      this.#work.read(i, this.#row);
      const count = this.#moves.list(this.#row, operation, this.#list);
      for (let m = 0; m < count; m++) {
        const move = this.#list[m] as Move;
        this.#moves.apply(this.#row, move, this.#child);
        this.#trace?.extend(this.#child, move, this.#moves.window.at);
        if (this.#moves.hadEffect(this.#child, operation)) this.#keep(this.#child, operation);
        else this.#work.add(this.#child, exact);
      }
    }
    [this.#current, this.#next] = [this.#next, this.#current];
    return this.#meter.exceeded();
  }

  /** Puts the row where it belongs: an overwriting operation that is done but not used may be left so, or used still. */
  #pass(operation: number): void {
    const row = this.#row;
    const hasEffect = this.#moves.hadEffect(row, operation);
    if (!hasEffect) this.#work.add(row, this.#moves.exact);
    if (hasEffect || this.#moves.isDone(row, operation)) this.#keep(row, operation);
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
      (this.#trace?.bytes() ?? 0) +
      this.#problem.machine.bytes()
    );
  }
}
