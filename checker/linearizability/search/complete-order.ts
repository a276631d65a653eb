import { noState, overwrites, reads } from "./machine.ts";
import { isRequired, type Move, moveClass } from "./moves.ts";
import type { Problem } from "./problem.ts";
import type { FoundOrder } from "./result.ts";
import { isReturn } from "./timeline.ts";
import { Window } from "./window.ts";

/**
 * The legal order that the moves of a search stand for: the problem's operations, those included that go without saying
 * (see Moves). Reads stand where the state first allows them. A write that no move is about is hidden: it stands in front
 * of the first overwriting move in its time. Of unknown operations of a class those that were called first took effect.
 */
export function completeOrder(problem: Problem, found: FoundOrder): Int32Array {
  return new Completion(problem, found).run();
}

class Completion {
  readonly #problem: Problem;
  readonly #found: FoundOrder;
  readonly #window: Window;
  /** Required operations that a move is about, and operations that are in the order. */
  readonly #isMove: Uint8Array;
  readonly #isPlaced: Uint8Array;
  /** Unknown operations that were called and are not in the order, by class. */
  readonly #unknown = new Map<number, number[]>();
  readonly #order: number[] = [];
  #state: number;

  constructor(problem: Problem, found: FoundOrder) {
    const { timeline, classOf, machine } = problem;
    this.#problem = problem;
    this.#found = found;
    this.#window = new Window(timeline, classOf, machine.classes);
    this.#isMove = new Uint8Array(timeline.size);
    this.#isPlaced = new Uint8Array(timeline.size);
    for (const move of found.moves) if (isRequired(move)) this.#isMove[move] = 1;
    this.#state = machine.init;
  }

  run(): Int32Array {
    const { events } = this.#problem.timeline;
    const { moves, at } = this.#found;
    let made = 0;
    for (const [past, event] of events.entries()) {
      for (; at[made] === past; made++) this.#make(moves[made] as Move);
      this.#window.forward();
      if (!isReturn(event)) this.#call(event >> 1);
    }
    return Int32Array.from(this.#order);
  }

  #call(operation: number): void {
    const { timeline, classOf } = this.#problem;
    if (timeline.optional[operation]) {
      const operationClass = classOf[operation] as number;
      const waiting = this.#unknown.get(operationClass);
      if (waiting === undefined) this.#unknown.set(operationClass, [operation]);
      else waiting.push(operation);
    } else if (this.#role(operation) === reads && this.#after(operation) !== noState) this.#place(operation);
  }

  #make(move: Move): void {
    const operation = isRequired(move) ? move : (this.#unknown.get(moveClass(move))?.shift() as number);
    if (this.#role(operation) === overwrites)
      this.#placeOpen((other) => this.#role(other) === overwrites && this.#isMove[other] === 0);
    this.#place(operation);
    this.#placeOpen((other) => this.#role(other) === reads && this.#after(other) !== noState);
  }

  #placeOpen(isWanted: (operation: number) => boolean): void {
    for (let operation = this.#window.first; operation >= 0; operation = this.#window.next(operation))
      if (this.#isPlaced[operation] === 0 && isWanted(operation)) this.#place(operation);
  }

  #place(operation: number): void {
    this.#state = this.#after(operation);
    this.#isPlaced[operation] = 1;
    this.#order.push(operation);
  }

  #after(operation: number): number {
    return this.#problem.machine.step(this.#state, this.#problem.classOf[operation] as number);
  }

  #role(operation: number): number {
    return this.#problem.machine.role(this.#problem.classOf[operation] as number);
  }
}
