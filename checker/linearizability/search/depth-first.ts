import { LimitExceeded, type LimitName, type Limits, Meter } from "../limits.ts";
import { Configurations } from "./configurations.ts";
import { isRequired, type Move, Moves } from "./moves.ts";
import type { Problem } from "./problem.ts";
import type { GaveUp, SearchResult } from "./result.ts";
import { stateAt, tagAt } from "./row.ts";
import { isReturn } from "./timeline.ts";
import { Uses } from "./uses.ts";

export interface DepthFirstOptions {
  readonly limits: Limits;
  /** Dead ends after which the search gives up. */
  readonly deadEnds: number;
  /** Choices that are remembered to be taken back; one further back is settled for good. */
  readonly horizon: number;
}

/**
 * Follows one order as far as it goes, and takes back the last choice where it cannot go on. Where nothing is left to
 * take back no order is legal, and the operation to blame is the one that was to return at the furthest place that any
 * order came to. Gives up when it has met too many dead ends, and when it would have to take back a choice beyond its
 * horizon. Takes time linear in the history where first choices are
 * good as a rule, and memory for the order and the horizon.
 */
export function depthFirst(problem: Problem, options: DepthFirstOptions): SearchResult | GaveUp {
  return new DepthFirst(problem, options).run();
}

/** The move that lets an overwriting operation return hidden. */
const hide: Move = 0x7fffffff;

/** Failed configurations that are remembered at most. */
const mostFailed = 1 << 18;

/** Bytes of a choice in addition to its row; measured on V8, rounded up. */
const bytesPerChoice = 200;

/** A choice that can be taken back. */
interface Choice {
  /** The configuration in which the operation that returns next must become done. */
  readonly row: Int32Array;
  /** How many events were past, and how many moves had been made. */
  at: number;
  made: number;
  readonly moves: Move[];
  count: number;
  tried: number;
}

class DepthFirst {
  readonly #problem: Problem;
  readonly #options: DepthFirstOptions;
  readonly #uses = new Uses();
  readonly #moves: Moves;
  readonly #meter: Meter;
  /** Configurations that lead nowhere, tagged with their place. */
  readonly #failed: Configurations;
  readonly #row: Int32Array;
  #choices: Choice[] = [];
  /** Choices in use; those behind are spare. */
  #depth = 0;
  #order: { moves: Int32Array; at: Int32Array };
  #made = 0;
  /** The most events that were past at a choice, and the state there. */
  #furthest = 0;
  #furthestState: number;
  /** Choices were forgotten. */
  #hasSettled = false;

  constructor(problem: Problem, options: DepthFirstOptions) {
    this.#problem = problem;
    this.#options = options;
    this.#moves = new Moves(problem, this.#uses);
    this.#failed = new Configurations(this.#moves.layout, this.#uses, (bytes) => this.#meter.fits(bytes));
    this.#furthestState = problem.machine.init;
    this.#row = new Int32Array(this.#moves.layout.stride);
    const { size } = problem.timeline;
    this.#order = { moves: new Int32Array(size), at: new Int32Array(size) };
    const choiceBytes = 4 * this.#moves.layout.stride + bytesPerChoice;
    this.#meter = new Meter(
      options.limits,
      () =>
        this.#failed.bytes() +
        this.#uses.bytes() +
        problem.machine.bytes() +
        this.#choices.length * choiceBytes +
        size * 8,
    );
  }

  run(): SearchResult | GaveUp {
    this.#row[stateAt] = this.#problem.machine.init;
    for (let deadEnds = 0; this.#advance(); ) {
      if (!this.#hasFailed(true)) this.#choose(true);
      for (let isDone = false; !isDone; ) {
        const limit = this.#meter.exceeded();
        if (limit !== undefined) return this.#unknown(limit);
        isDone = this.#move();
        if (isDone) break;
        if (this.#depth === 0) return this.#exhausted();
        if (++deadEnds > this.#options.deadEnds) return this.#giveUp();
      }
    }
    const { moves, at } = this.#order;
    const order = { moves: moves.slice(0, this.#made), at: at.slice(0, this.#made) };
    return { kind: "valid", order };
  }

  #exhausted(): SearchResult | GaveUp {
    if (this.#hasSettled) return this.#giveUp();
    return { kind: "invalid", culprit: (this.#problem.timeline.events[this.#furthest] as number) >> 1 };
  }

  #unknown(limit: LimitName): SearchResult {
    return { kind: "unknown", limit, events: this.#furthest, states: [this.#furthestState] };
  }

  #giveUp(): GaveUp {
    return { kind: "gave-up", events: this.#furthest, states: [this.#furthestState] };
  }

  /** Goes on to the next return that needs a choice; false at the end of the events. */
  #advance(): boolean {
    const { events, optional } = this.#problem.timeline;
    const row = this.#row;
    for (let at = this.#moves.window.at; at < events.length; at++) {
      const event = events[at] as number;
      const operation = event >> 1;
      if (isReturn(event)) {
        if (!this.#moves.hadEffect(row, operation)) return true;
        this.#moves.forget(row, operation);
      }
      this.#moves.forward();
      if (!isReturn(event) && !optional[operation]) this.#moves.call(row, operation);
    }
    return false;
  }

  /** Remembers the current configuration with the moves that it has. */
  #choose(isFirst: boolean): void {
    if (this.#depth > 2 * this.#options.horizon) this.#settle();
    const choice = this.#choices[this.#depth] ?? this.#spareChoice();
    this.#depth++;
    const target = this.#moves.window.first;
    choice.row.set(this.#row);
    choice.row[tagAt] = tag(this.#moves.window.at, isFirst);
    choice.at = this.#moves.window.at;
    if (choice.at > this.#furthest) {
      this.#furthest = choice.at;
      this.#furthestState = this.#row[stateAt] as number;
    }
    choice.made = this.#made;
    choice.tried = 0;
    choice.count = this.#moves.list(this.#row, target, choice.moves);
    this.#sort(choice);
    if (!isFirst || !this.#moves.isDone(this.#row, target)) return;
    let place = choice.count;
    if (this.#staysHidden(target))
      for (; place > 0; place--) choice.moves[place] = choice.moves[place - 1] as Move;
    choice.moves[place] = hide;
    choice.count++;
  }

  /** The move that probably came first in front; optional operations are the last resort. */
  #sort({ moves, count }: Choice): void {
    const { guess } = this.#problem;
    if (guess === undefined) return;
    for (let i = 1; i < count; i++) {
      const move = moves[i] as Move;
      if (!isRequired(move)) return;
      let place = i;
      for (
        ;
        place > 0 && (guess.time[moves[place - 1] as Move] as number) > (guess.time[move] as number);
        place--
      )
        moves[place] = moves[place - 1] as Move;
      moves[place] = move;
    }
  }

  #spareChoice(): Choice {
    const { stride } = this.#moves.layout;
    const choice = { row: new Int32Array(stride), at: 0, made: 0, moves: [], count: 0, tried: 0 };
    this.#choices[this.#depth] = choice;
    return choice;
  }

  /** Whether probably no operation sees what this one leaves. */
  #staysHidden(target: number): boolean {
    const { guess, timeline } = this.#problem;
    const isSeenLater =
      guess !== undefined && (guess.seenUntil[target] as number) > timeline.returnIndex(target);
    return !isSeenLater && !this.#moves.hasAudience(this.#row, target);
  }

  /** Tries the next move of the last choice; true where the operation that had to be done is done. */
  #move(): boolean {
    const choice = this.#choices[this.#depth - 1] as Choice;
    while (this.#moves.window.at > choice.at) this.#moves.back();
    this.#made = choice.made;
    if (choice.tried === choice.count) {
      this.#fail(choice);
      return false;
    }
    const move = choice.moves[choice.tried++] as Move;
    const target = this.#moves.window.first;
    if (move === hide) {
      this.#row.set(choice.row);
      this.#moves.forget(this.#row, target);
      this.#moves.forward();
      return true;
    }
    this.#moves.apply(choice.row, move, this.#row);
    this.#order.at[this.#made] = choice.at;
    this.#order.moves[this.#made++] = move;
    if (this.#moves.hadEffect(this.#row, target)) return true;
    if (!this.#hasFailed(false)) this.#choose(false);
    return false;
  }

  #hasFailed(isFirst: boolean): boolean {
    this.#row[tagAt] = tag(this.#moves.window.at, isFirst);
    return this.#failed.covers(this.#row, this.#moves.exact);
  }

  /** Takes the last choice back for good: nothing can follow it. */
  #fail(choice: Choice): void {
    if (this.#failed.count >= mostFailed) this.#failed.clear();
    this.#remember(choice.row);
    this.#depth--;
  }

  /** What is remembered only saves time: where there is no room for more, it is forgotten. */
  #remember(row: Int32Array): void {
    try {
      this.#failed.add(row, this.#moves.exact);
    } catch (reason) {
      if (!(reason instanceof LimitExceeded)) throw reason;
      this.#failed.clear();
    }
  }

  /** Forgets the older half of the choices. */
  #settle(): void {
    const { horizon } = this.#options;
    this.#hasSettled = true;
    this.#choices = [...this.#choices.slice(horizon), ...this.#choices.slice(0, horizon)];
    this.#depth -= horizon;
  }
}

/** Configurations are compared at one place, and the first choice there may hide an operation where later ones may not. */
const tag = (at: number, isFirst: boolean): number => at * 2 + (isFirst ? 1 : 0);
