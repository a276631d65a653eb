import type { Call, Outcome } from "../../../core/op.ts";
import { canonical } from "../../canonical.ts";
import type { Model } from "../../model.ts";
import { Budget, unlimited } from "../limits.ts";
import type { OperationList } from "../operation-list.ts";
import { type Machine, type ModelMachine, modelMachine, type OperationClass } from "./machine.ts";
import { type Timeline, timeline } from "./timeline.ts";

/** Operations to linearize, as integers. */
export interface Problem {
  /** Each operation's position in the list that it came from. */
  readonly source: Int32Array;
  readonly timeline: Timeline;
  readonly classOf: Int32Array;
  readonly machine: Machine;
  /**
   * 1 where an operation is required only in part: it may be left out, but where it takes effect it does so before its
   * return. Absent: none is. Their classes are their own.
   */
  readonly relaxed?: Int32Array;
  /** What to try first. */
  readonly guess?: Guess;
}

/** A guess at what happened. Nothing depends on its being right. */
export interface Guess {
  /** When each operation took effect, on any scale. */
  readonly time: Float64Array;
  /** When the last operation was called that saw what an operation left: an index; 0 where nothing is known of it. */
  readonly seenUntil: Float64Array;
}

/**
 * Leaves out what cannot constrain an order: operations that failed, unless they observed something (`mismatch`), and
 * reads that were never answered. Sound: they changed nothing and showed nothing, so they can be put into any legal
 * order and taken out of it.
 */
export function constrains<S>(model: Model<S>, call: Call, outcome: Outcome): boolean {
  switch (outcome.type) {
    case "ok":
      return true;
    case "fail":
      return outcome.error.code === "mismatch";
    case "info":
      return !(model.readOnly?.(call, outcome) ?? false);
  }
}

/** A problem whose states are a model's. */
export interface ModelProblem<S> extends Problem {
  readonly machine: ModelMachine<S>;
}

/** Bytes per operation in a problem: its numbers, and its class where it is the only member; measured on V8, rounded up. */
const bytesPerOperation = 250;

/** The problem of linearizing `list`. Throws `LimitExceeded` where the budget does not allow it. */
export function prepare<S>(
  model: Model<S>,
  list: OperationList,
  budget = new Budget(unlimited),
): ModelProblem<S> {
  budget.hold(list.length * bytesPerOperation);
  const kept: number[] = [];
  for (let i = 0; i < list.length; i++) {
    budget.step();
    if (constrains(model, list.call(i), list.outcome(i))) kept.push(i);
  }
  const source = Int32Array.from(kept);
  const at = (i: number) => source[i] as number;
  const times = {
    size: source.length,
    optional: source.map((position) => (list.outcome(position).type === "info" ? 1 : 0)),
    callIndex: (i: number) => list.callIndex(at(i)),
    returnIndex: (i: number) => list.returnIndex(at(i)),
  };
  const { classOf, classes } = classify(list, source, budget);
  return { source, timeline: timeline(times, budget), classOf, machine: modelMachine(model, classes) };
}

/** Numbers for the operations at `source`: the same for those with the same call and outcome. */
export function classify(list: OperationList, source: Int32Array, budget = new Budget(unlimited)) {
  const classes: OperationClass[] = [];
  const ids = new Map<string, number>();
  const classOf = source.map((position) => {
    budget.step();
    const call = list.call(position);
    const outcome = list.outcome(position);
    const name = className(call, outcome);
    const known = ids.get(name);
    if (known !== undefined) return known;
    ids.set(name, classes.length);
    return classes.push({ call, outcome }) - 1;
  });
  return { classOf, classes };
}

function className(call: Call, outcome: Outcome): string {
  const answer =
    outcome.type === "ok" ? `${canonical(outcome.output.value)}@${outcome.output.revision}` : outcome.type;
  return `${JSON.stringify([call.f, call.key])}${canonical(call.value)}${answer}`;
}
