import type { Operation } from "../../../core/op.ts";
import type { Model } from "../../model.ts";
import type { Limits } from "../limits.ts";
import { listOf } from "../operation-list.ts";
import { breadthFirst, type Configuration, type Work } from "../search/breadth-first.ts";
import { type ModelMachine, modelMachine } from "../search/machine.ts";
import { classify, type Problem } from "../search/problem.ts";
import { type Timeline, timeline, timelineOf } from "../search/timeline.ts";
import { type Excerpt, firstEventFrom } from "./excerpt.ts";

/** Decides which parts of an excerpt are legal. What all decisions share is computed once. */
export class Legality<S> {
  readonly #excerpt: Excerpt<S>;
  readonly #readOnly: readonly boolean[];
  /** Classes of operations; those that may be left out have classes of their own, in the second half. */
  readonly #classOf: Int32Array;
  readonly #classes: number;
  readonly #machine: ModelMachine<S>;
  readonly #timeline: Timeline;
  readonly #limits: Limits;

  constructor(model: Model<S>, excerpt: Excerpt<S>, limits: Limits) {
    const { operations } = excerpt;
    const everything = Int32Array.from(operations.keys());
    const { classOf, classes } = classify(listOf(operations), everything);
    this.#excerpt = excerpt;
    this.#limits = limits;
    this.#classOf = classOf;
    this.#classes = classes.length;
    this.#machine = modelMachine(model, [...classes, ...classes]);
    const at = (i: number) => operations[i] as Operation;
    this.#timeline = timeline({
      size: operations.length,
      optional: Uint8Array.from(operations, ({ outcome }) => (outcome.type === "info" ? 1 : 0)),
      callIndex: (i) => at(i).callIndex,
      returnIndex: (i) => at(i).returnIndex,
    });
    this.#readOnly = operations.map(({ call, outcome }) => model.readOnly?.(call, outcome) ?? false);
  }

  /** Whether an operation leaves every state as it is. */
  isReadOnly(i: number): boolean {
    return this.#readOnly[i] as boolean;
  }

  /**
   * Whether some order of the operations at `present` is legal from one of the excerpt's starts, where those that are
   * not `required` may be left out. Undefined where that takes more than `work`.
   */
  isLegal(present: readonly number[], required: ReadonlySet<number>, work: Work): boolean | undefined {
    // A read that may be left out says nothing.
    const kept = present.filter((i) => required.has(i) || !this.#readOnly[i]);
    const problem = this.#problem(kept, required);
    const configurations = this.#starts(kept, problem.classOf);
    const events = firstEventFrom(problem.timeline, this.#excerpt.begins);
    const { kind } = breadthFirst(problem, { limits: this.#limits, work, start: { events, configurations } });
    return kind === "valid" ? true : kind === "invalid" ? false : undefined;
  }

  /** The excerpt's starts in the numbers of a problem of the operations at `kept`. */
  #starts(kept: readonly number[], classOf: Int32Array): Configuration[] {
    const find = (members: readonly number[]) =>
      members.map((i) => kept.indexOf(i)).filter((operation) => operation >= 0);
    return this.#excerpt.starts.map(({ state, done, used, spent }) => ({
      state: this.#machine.intern(state),
      done: find(done),
      used: find(used),
      spent: find(spent).map((operation) => classOf[operation] as number),
    }));
  }

  #problem(kept: readonly number[], required: ReadonlySet<number>): Problem {
    const { length } = kept;
    const source = new Int32Array(length);
    const classOf = new Int32Array(length);
    const relaxed = new Int32Array(length);
    for (let operation = 0; operation < length; operation++) {
      const i = kept[operation] as number;
      const isRelaxed = !required.has(i) && this.#timeline.optional[i] === 0;
      source[operation] = i;
      classOf[operation] = (this.#classOf[i] as number) + (isRelaxed ? this.#classes : 0);
      relaxed[operation] = isRelaxed ? 1 : 0;
    }
    return { source, classOf, relaxed, machine: this.#machine, timeline: timelineOf(this.#timeline, kept) };
  }
}
