import { isReturn, type Timeline } from "./timeline.ts";

const none = -1;

/**
 * The operations that are open at a point of the timeline, which can be moved both ways: forward over an event, and
 * back over the last one. Required ones are a list in order of return, so the first is the next to return; optional
 * ones are counted by class.
 */
export class Window {
  /** The open required operation that returns first; -1 where none is open. */
  first = none;
  /** Classes with optional operations that were called, in order of the first call. */
  readonly classes: number[] = [];
  /** For each class, how many of its optional operations were called. */
  readonly available: Int32Array;
  /** How many events are past. */
  at = 0;
  readonly #timeline: Timeline;
  readonly #classOf: Int32Array;
  readonly #next: Int32Array;

  constructor(timeline: Timeline, classOf: Int32Array, classes: number) {
    this.#timeline = timeline;
    this.#classOf = classOf;
    this.#next = new Int32Array(timeline.size).fill(none);
    this.available = new Int32Array(classes);
  }

  /** The open required operation that returns after `operation`; -1 after the last. */
  next(operation: number): number {
    return this.#next[operation] as number;
  }

  forward(): void {
    const event = this.#timeline.events[this.at++] as number;
    const operation = event >> 1;
    if (isReturn(event)) this.first = this.#next[operation] as number;
    else if (this.#timeline.optional[operation]) this.#offer(this.#classOf[operation] as number);
    else this.#open(operation);
  }

  back(): void {
    const event = this.#timeline.events[--this.at] as number;
    const operation = event >> 1;
    if (isReturn(event)) {
      this.#next[operation] = this.first;
      this.first = operation;
    } else if (this.#timeline.optional[operation]) this.#withdraw(this.#classOf[operation] as number);
    else this.#unlink(operation);
  }

  #open(operation: number): void {
    const before = this.#timeline.before[operation] as number;
    if (before === none) {
      this.#next[operation] = this.first;
      this.first = operation;
    } else {
      this.#next[operation] = this.#next[before] as number;
      this.#next[before] = operation;
    }
  }

  #unlink(operation: number): void {
    const before = this.#timeline.before[operation] as number;
    if (before === none) this.first = this.#next[operation] as number;
    else this.#next[before] = this.#next[operation] as number;
  }

  #offer(operationClass: number): void {
    const count = this.available[operationClass] as number;
    if (count === 0) this.classes.push(operationClass);
    this.available[operationClass] = count + 1;
  }

  #withdraw(operationClass: number): void {
    const count = (this.available[operationClass] as number) - 1;
    this.available[operationClass] = count;
    // Events are taken back in reverse, so the class that came last goes first.
    if (count === 0) this.classes.pop();
  }
}
