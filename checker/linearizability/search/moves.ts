import { Connection } from "./connection.ts";
import { classFacts, type Machine, mutates, noState, overwrites, reads } from "./machine.ts";
import type { Problem } from "./problem.ts";
import { bitsAt, clearBit, hasBit, type Layout, layoutFor, setBit, stateAt, usesAt } from "./row.ts";
import type { Uses } from "./uses.ts";
import { Window } from "./window.ts";

/** A move: an open required operation takes effect, or (`-1 - class`) one more optional operation of a class does. */
export type Move = number;

export const isRequired = (move: Move): boolean => move >= 0;
export const moveClass = (move: Move): number => -1 - move;

/**
 * What may happen next in a configuration. Every restriction here leaves at least one legal order where there is one:
 *
 * **Reads at once.** An operation that only reads is done as soon as the state allows it. In a legal order that has it
 * later it can be moved to here: it changes nothing in either place.
 *
 * **Hidden writes.** When an operation that overwrites takes effect, all open required operations that overwrite are
 * done too, unless they are: they can be put right before it, where nobody sees them, because they are allowed in every
 * state and what they leave is overwritten. They may still be used, visibly, while they are open; hence two bits.
 *
 * **Writes only for an audience.** A configuration moves on when an operation returns that is not done, and only as
 * far as needed. So in the moves that lead to it, an overwriting operation (or an optional one) other than the last
 * must be followed by an operation that sees what it left: a read, or one that changes the state depending on it.
 * Otherwise the next one overwrites it, and it is hidden, or need not happen at all.
 *
 * **Only what is connected.** Of the moves that lead to the return of an operation, only those are needed that share a
 * part of the state with it, directly or through other open operations. The others neither see nor change what those
 * see and change, so they can as well happen afterwards: they are open for longer.
 *
 * **Idle optional operations.** An optional operation that would leave the state as it is is not used up, unless it
 * overwrites: then others may be hidden in front of it, which is an effect, where there is one to hide.
 *
 * **Twins.** Of open operations of one class the one that returns first goes first: in an order that has them
 * otherwise they can change places, since both are open and the earlier return is met sooner. (One that overwrites
 * hides the other, which stays usable for longer.)
 */
export class Moves {
  readonly window: Window;
  /** The bits of open operations of which it matters exactly whether they are done; for the others, done is better. */
  readonly exact: Int32Array;
  readonly layout: Layout;
  /** Where the bit set `used` begins. */
  readonly usedAt: number;
  readonly #problem: Problem;
  readonly #machine: Machine;
  readonly #uses: Uses;
  readonly #slot: Int32Array;
  readonly #roles: Uint8Array;
  readonly #onlyIn: Int32Array;
  readonly #anyOverwrites: boolean;
  /** Which classes may be connected to the operation that is to return. */
  readonly #connection: Connection;
  /** For each class, the enumeration that tried it last. */
  readonly #tried: Int32Array;
  /** For each state, the enumeration in which an open operation needed it last. */
  #demanded = new Int32Array(8);
  #enumeration = 0;

  constructor(problem: Problem, uses: Uses, hasTrace = false) {
    const { timeline, classOf, machine } = problem;
    this.#problem = problem;
    this.#machine = machine;
    this.#uses = uses;
    this.#slot = timeline.slot;
    this.window = new Window(timeline, classOf, machine.classes);
    this.layout = layoutFor(timeline.slots, hasTrace);
    this.usedAt = bitsAt + this.layout.words;
    this.exact = new Int32Array(this.layout.words);
    const { roles, onlyIn } = classFacts(machine);
    this.#roles = roles;
    this.#onlyIn = onlyIn;
    this.#connection = new Connection(machine);
    this.#anyOverwrites = roles.includes(overwrites);
    this.#tried = new Int32Array(machine.classes);
  }

  /** Moves the window over the next event; returns the event. */
  forward(): number {
    const event = this.#problem.timeline.events[this.window.at] as number;
    this.window.forward();
    this.#turn(event >> 1);
    return event;
  }

  /** Moves the window back over the last event. */
  back(): void {
    this.window.back();
    this.#turn((this.#problem.timeline.events[this.window.at] as number) >> 1);
  }

  /** A required operation that mutates was opened or closed. */
  #turn(operation: number): void {
    const slot = this.#slot[operation] as number;
    if (slot < 0 || this.role(operation) !== mutates || this.#isRelaxed(operation)) return;
    this.exact[slot >> 5] = (this.exact[slot >> 5] as number) ^ (1 << (slot & 31));
  }

  role(operation: number): number {
    return this.#roles[this.#problem.classOf[operation] as number] as number;
  }

  isDone(row: Int32Array, operation: number): boolean {
    return hasBit(row, bitsAt, this.#slot[operation] as number);
  }

  isUsed(row: Int32Array, operation: number): boolean {
    return hasBit(row, this.usedAt, this.#slot[operation] as number);
  }

  /** Whether an operation may return without a visible effect: it was hidden, or may be left out. */
  #mayBeHidden(operation: number): boolean {
    return this.role(operation) === overwrites || this.#isRelaxed(operation);
  }

  #isRelaxed(operation: number): boolean {
    return this.#problem.relaxed !== undefined && this.#problem.relaxed[operation] === 1;
  }

  /** Whether an operation can no longer take effect, for it did. One that may be hidden still can when it is done. */
  hadEffect(row: Int32Array, operation: number): boolean {
    return this.#mayBeHidden(operation) ? this.isUsed(row, operation) : this.isDone(row, operation);
  }

  /** Frees the slot of an operation that returns. */
  forget(row: Int32Array, operation: number): void {
    const slot = this.#slot[operation] as number;
    clearBit(row, bitsAt, slot);
    clearBit(row, this.usedAt, slot);
  }

  changesAtCall(operation: number): boolean {
    return this.role(operation) === reads || this.#isRelaxed(operation);
  }

  /** What a call changes: a read that the state allows is done, and what may be left out counts as done from the first. */
  call(row: Int32Array, operation: number): void {
    if (this.#isRelaxed(operation)) setBit(row, bitsAt, this.#slot[operation] as number);
    const operationClass = this.#problem.classOf[operation] as number;
    if (this.#roles[operationClass] !== reads) return;
    if (this.#machine.step(row[stateAt] as number, operationClass) !== noState)
      setBit(row, bitsAt, this.#slot[operation] as number);
  }

  /** What the calls of all open operations change. */
  callAll(row: Int32Array): void {
    for (let operation = this.window.first; operation >= 0; operation = this.window.next(operation))
      this.call(row, operation);
  }

  /** Notes that an open operation is done, and whether it took effect visibly. */
  mark(row: Int32Array, operation: number, isUsed: boolean): void {
    setBit(row, bitsAt, this.#slot[operation] as number);
    if (isUsed) setBit(row, this.usedAt, this.#slot[operation] as number);
  }

  /** Makes `child` what `row` becomes by `move`. */
  apply(row: Int32Array, move: Move, child: Int32Array): void {
    child.set(row);
    const operationClass = isRequired(move) ? (this.#problem.classOf[move] as number) : moveClass(move);
    child[stateAt] = this.#machine.step(row[stateAt] as number, operationClass);
    if (isRequired(move)) {
      setBit(child, bitsAt, this.#slot[move] as number);
      setBit(child, this.usedAt, this.#slot[move] as number);
    } else {
      child[usesAt] = this.#uses.add(row[usesAt] as number, operationClass);
    }
    this.#settle(child, this.#roles[operationClass] === overwrites);
  }

  /** Does what can be done at once: reads that the state allows, and where `hiding`, overwriting operations. */
  #settle(row: Int32Array, hiding: boolean): void {
    const { classOf } = this.#problem;
    const state = row[stateAt] as number;
    for (let operation = this.window.first; operation >= 0; operation = this.window.next(operation)) {
      const operationClass = classOf[operation] as number;
      const role = this.#roles[operationClass];
      if (role === mutates) continue;
      const slot = this.#slot[operation] as number;
      if (hasBit(row, bitsAt, slot)) continue;
      if (role === overwrites ? hiding : this.#machine.step(state, operationClass) !== noState)
        setBit(row, bitsAt, slot);
    }
  }

  /** Whether an open operation waits for what the overwriting `operation` leaves. */
  hasAudience(row: Int32Array, operation: number): boolean {
    this.#demand(row);
    const left = this.#machine.step(row[stateAt] as number, this.#problem.classOf[operation] as number);
    return this.#isSeen(row, left);
  }

  /**
   * Writes the moves from `row` that may lead to `target`, the open operation that returns first, taking effect, to
   * `moves`, the most promising first; returns how many there are.
   */
  list(row: Int32Array, target: number, moves: Move[]): number {
    let count = 0;
    this.#demand(row);
    this.#connect(row, target);
    const { classOf } = this.#problem;
    const state = row[stateAt] as number;
    for (let operation = this.window.first; operation >= 0; operation = this.window.next(operation)) {
      const operationClass = classOf[operation] as number;
      if (!this.#connection.has(operationClass)) continue;
      const role = this.#roles[operationClass];
      if (this.hadEffect(row, operation)) continue;
      if (this.#tried[operationClass] === this.#enumeration) continue;
      this.#tried[operationClass] = this.#enumeration;
      const next = this.#machine.step(state, operationClass);
      if (next === noState) continue;
      if (role === overwrites && operation !== target && !this.#isSeen(row, next)) continue;
      moves[count++] = operation;
    }
    return this.#listOptional(row, moves, count);
  }

  #listOptional(row: Int32Array, moves: Move[], listed: number): number {
    let count = listed;
    const state = row[stateAt] as number;
    const uses = row[usesAt] as number;
    for (const operationClass of this.window.classes) {
      if (!this.#connection.has(operationClass)) continue;
      const next = this.#machine.step(state, operationClass);
      if (next === noState || (next === state && !this.#hidesAny(row, operationClass))) continue;
      if (this.#anyOverwrites && !this.#isSeen(row, next)) continue;
      if (this.#uses.count(uses, operationClass) >= (this.window.available[operationClass] as number))
        continue;
      moves[count++] = -1 - operationClass;
    }
    return count;
  }

  /** Whether an operation of the class would hide an open one that is not done yet. */
  #hidesAny(row: Int32Array, operationClass: number): boolean {
    if (this.#roles[operationClass] !== overwrites) return false;
    for (let operation = this.window.first; operation >= 0; operation = this.window.next(operation))
      if (this.role(operation) === overwrites && !this.isDone(row, operation)) return true;
    return false;
  }

  /** Finds the classes that are connected to `target`, through operations that may still happen. */
  #connect(row: Int32Array, target: number): void {
    const { classOf } = this.#problem;
    this.#connection.start(classOf[target] as number);
    for (let grew = this.#connection.isPartial; grew; ) {
      grew = false;
      for (let operation = this.window.first; operation >= 0; operation = this.window.next(operation))
        if (!this.isUsed(row, operation)) grew = this.#connection.join(classOf[operation] as number) || grew;
      for (const operationClass of this.window.classes) grew = this.#connection.join(operationClass) || grew;
    }
  }

  /** Notes the states that open operations wait for, those that can say. */
  #demand(row: Int32Array): void {
    this.#enumeration++;
    if (!this.#anyOverwrites) return;
    const { classOf } = this.#problem;
    for (let operation = this.window.first; operation >= 0; operation = this.window.next(operation)) {
      const only = this.#onlyIn[classOf[operation] as number] as number;
      if (only !== noState && !this.hadEffect(row, operation)) this.#note(only);
    }
    for (const operationClass of this.window.classes) {
      const only = this.#onlyIn[operationClass] as number;
      if (only !== noState) this.#note(only);
    }
  }

  #note(state: number): void {
    if (state >= this.#demanded.length) {
      const larger = new Int32Array(Math.max(state + 1, this.#demanded.length * 2));
      larger.set(this.#demanded);
      this.#demanded = larger;
    }
    this.#demanded[state] = this.#enumeration;
  }

  /** Whether some open operation sees `next`: one that is allowed there, is not done, and does not just overwrite it. */
  #isSeen(row: Int32Array, next: number): boolean {
    if (this.#demanded[next] === this.#enumeration) return true;
    const { classOf } = this.#problem;
    for (let operation = this.window.first; operation >= 0; operation = this.window.next(operation)) {
      const operationClass = classOf[operation] as number;
      if (this.#onlyIn[operationClass] !== noState || this.#roles[operationClass] === overwrites) continue;
      if (!this.hadEffect(row, operation) && this.#machine.step(next, operationClass) !== noState)
        return true;
    }
    for (const operationClass of this.window.classes) {
      if (this.#onlyIn[operationClass] !== noState || this.#roles[operationClass] === overwrites) continue;
      const after = this.#machine.step(next, operationClass);
      if (after !== noState && after !== next) return true;
    }
    return false;
  }
}
