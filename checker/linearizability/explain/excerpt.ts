import type { Operation } from "../../../core/op.ts";
import type { Model } from "../../model.ts";
import type { Budget } from "../limits.ts";
import { type OperationList, part } from "../operation-list.ts";
import { breadthFirst, type Configuration } from "../search/breadth-first.ts";
import { constrains, type ModelProblem, prepare } from "../search/problem.ts";
import { isReturn, type Timeline } from "../search/timeline.ts";

/** The last part of a history before a violation, and what was possible where it begins. Bounded in size. */
export interface Excerpt<S> {
  /** In order of invocation. */
  readonly operations: readonly Operation[];
  /** Position in `operations` of the one that cannot be placed. */
  readonly culprit: number;
  /** Operations that were called before this index were open where the excerpt begins. */
  readonly begins: number;
  /** Every configuration that was possible there; none where they are not known. */
  readonly starts: readonly ExcerptStart<S>[];
}

/** Numbers are positions in the excerpt's operations. */
export interface ExcerptStart<S> {
  readonly state: S;
  readonly done: readonly number[];
  readonly used: readonly number[];
  /** Unknown operations that had taken effect. */
  readonly spent: readonly number[];
}

/** A history of at most this many operations is explained whole. */
const mostWhole = 120;
/** Operations called in an excerpt of a longer history, in addition to those already open. */
const called = 40;
/** At most this many starting configurations are followed up. */
const mostStarts = 32;
/** Configurations per event that the search for them may visit. */
const patience = 50;

/**
 * The excerpt that ends when the operation at `culprit` returns. Later calls cannot matter: everything before returned
 * without them. Throws `LimitExceeded` where the budget does not allow it.
 */
export function excerptBefore<S>(
  model: Model<S>,
  list: OperationList,
  culprit: number,
  budget: Budget,
): Excerpt<S> {
  const end = list.returnIndex(culprit);
  const past: number[] = [];
  for (let i = 0; i < list.length && list.callIndex(i) <= end; i++) {
    budget.step();
    if (constrains(model, list.call(i), list.outcome(i))) past.push(i);
  }
  const init = { state: model.init, done: [], used: [], spent: [] };
  if (past.length <= mostWhole) {
    const operations = past.map((i) => list.operation(i));
    return { operations, culprit: past.indexOf(culprit), begins: Number.NEGATIVE_INFINITY, starts: [init] };
  }
  return lastOf(model, part(list, past), past.indexOf(culprit), budget);
}

function lastOf<S>(model: Model<S>, list: OperationList, culprit: number, budget: Budget): Excerpt<S> {
  const begins = list.callIndex(list.length - called);
  const problem = prepare(model, list, budget);
  const at = firstEventFrom(problem.timeline, begins);
  let configurations: readonly Configuration[] = [];
  breadthFirst(problem, {
    limits: budget.rest(),
    work: { left: patience * problem.timeline.events.length },
    observe: {
      at,
      seen: (found) => {
        configurations = found;
      },
    },
  });
  const kept: number[] = [];
  for (let i = 0; i < list.length; i++)
    if (list.callIndex(i) >= begins || list.returnIndex(i) >= begins) kept.push(i);
  return {
    operations: kept.map((i) => list.operation(i)),
    culprit: kept.indexOf(culprit),
    begins,
    starts:
      configurations.length > mostStarts ? [] : configurations.map((each) => startOf(problem, kept, each)),
  };
}

/** Position of the first event at `index` or later. */
export function firstEventFrom({ events, callIndex, returnIndex }: Timeline, index: number): number {
  const at = events.findIndex(
    (event) => (isReturn(event) ? returnIndex(event >> 1) : callIndex(event >> 1)) >= index,
  );
  return at < 0 ? events.length : at;
}

function startOf<S>(
  { machine, classOf, timeline, source }: ModelProblem<S>,
  kept: readonly number[],
  { state, done, used, spent }: Configuration,
): ExcerptStart<S> {
  const place = (operation: number) => kept.indexOf(source[operation] as number);
  const taken = new Set<number>();
  for (const id of spent) {
    // Unknown operations of one class are interchangeable: assume that the earliest ones took effect.
    const operation = classOf.findIndex(
      (other, i) => other === id && timeline.optional[i] === 1 && !taken.has(i),
    );
    taken.add(operation);
  }
  return {
    state: machine.stateOf(state),
    done: done.map(place),
    used: used.map(place),
    spent: [...taken].map(place),
  };
}
