import type { Operation } from "../../core/op.ts";
import type { Model } from "../model.ts";
import { listOf } from "../operation-list.ts";
import { breadthFirst, type Work } from "../search/breadth-first.ts";
import type { Limits } from "../search/limits.ts";
import { type ModelMachine, modelMachine } from "../search/machine.ts";
import { classify, type Problem } from "../search/problem.ts";
import { timeline } from "../search/timeline.ts";
import { firstEventFrom, type Stretch } from "./stretch.ts";

/** Asks which parts of a stretch are legal. What all questions share is computed once. */
export class Questions<S> {
  readonly #stretch: Stretch<S>;
  readonly #readOnly: readonly boolean[];
  /** Classes of operations; those that may be left out have classes of their own, in the second half. */
  readonly #classOf: Int32Array;
  readonly #classes: number;
  readonly #machine: ModelMachine<S>;
  readonly #limits: Limits;

  constructor(model: Model<S>, stretch: Stretch<S>, limits: Limits) {
    const { operations } = stretch;
    const everything = Int32Array.from(operations.keys());
    const { classOf, classes } = classify(listOf(operations), everything);
    this.#stretch = stretch;
    this.#limits = limits;
    this.#classOf = classOf;
    this.#classes = classes.length;
    this.#machine = modelMachine(model, [...classes, ...classes]);
    this.#readOnly = operations.map(({ call, outcome }) => model.readOnly?.(call, outcome) ?? false);
  }

  /** Whether an operation leaves every state as it is. */
  isReadOnly(i: number): boolean {
    return this.#readOnly[i] as boolean;
  }

  /**
   * Whether some order of the operations at `present` is legal from one of the stretch's starts, where those that are
   * not `required` may be left out. Undefined where that takes more than `work`.
   */
  isLegal(present: readonly number[], required: ReadonlySet<number>, work: Work): boolean | undefined {
    // A read that may be left out says nothing.
    const kept = present.filter((i) => required.has(i) || !this.#readOnly[i]);
    const problem = this.#problem(kept, required);
    const place = new Map(kept.map((i, operation) => [i, operation]));
    const find = (members: readonly number[]) => members.flatMap((i) => place.get(i) ?? []);
    const configurations = this.#stretch.starts.map(({ state, done, used, spent }) => ({
      state: this.#machine.intern(state),
      done: find(done),
      used: find(used),
      spent: find(spent).map((operation) => problem.classOf[operation] as number),
    }));
    const events = firstEventFrom(problem.timeline, this.#stretch.begins);
    const { kind } = breadthFirst(problem, { limits: this.#limits, work, start: { events, configurations } });
    return kind === "valid" ? true : kind === "invalid" ? false : undefined;
  }

  #problem(kept: readonly number[], required: ReadonlySet<number>): Problem {
    const at = (operation: number) => this.#stretch.operations[kept[operation] as number] as Operation;
    const isRelaxed = (i: number) => !required.has(i) && this.#stretch.operations[i]?.outcome.type !== "info";
    return {
      source: Int32Array.from(kept),
      classOf: Int32Array.from(
        kept,
        (i) => (this.#classOf[i] as number) + (isRelaxed(i) ? this.#classes : 0),
      ),
      relaxed: Int32Array.from(kept, (i) => (isRelaxed(i) ? 1 : 0)),
      machine: this.#machine,
      timeline: timeline({
        size: kept.length,
        optional: Uint8Array.from(kept, (_, operation) => (at(operation).outcome.type === "info" ? 1 : 0)),
        callIndex: (operation) => at(operation).callIndex,
        returnIndex: (operation) => at(operation).returnIndex,
      }),
    };
  }
}
