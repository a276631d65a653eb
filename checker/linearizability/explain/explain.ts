import type { OrderEvidence } from "../../../core/evidence.ts";
import type { Operation } from "../../../core/op.ts";
import type { Anomaly } from "../../../core/verdict.ts";
import type { Model } from "../../model.ts";
import { checkOperations, isRegister } from "../check-operations.ts";
import { type Budget, within } from "../limits.ts";
import { type OperationList, part } from "../operation-list.ts";
import { contradictionBefore } from "../register/contradiction.ts";
import { contextOf } from "./context.ts";
import { type Excerpt, type ExcerptStart, excerptBefore } from "./excerpt.ts";
import { minimalPart } from "./minimal.ts";
import { type Reached, reachedStates, type Start } from "./reached-states.ts";
import { othersOf, type Reason } from "./reason.ts";
import { reasonFor } from "./reasoners.ts";
import { sentence } from "./sentence.ts";

/** At most this many operations are shown: more than a person can look at would not explain anything. */
const mostShown = 40;

/** All states that a history leaves are searched for if it has at most this many operations. */
const mostOfAll = 80;

/** Operations on each side of a culprit, by call, that are searched for those that were open with it. */
const mostAround = 1000;

/**
 * Why the operation at `culprit` cannot be placed: a minimal sub-history, the states that were possible there, and a
 * sentence. Bounded in size and in effort, however long the history is. Where the budget allows no more, it shows what was
 * open together with the culprit.
 */
export function explain(model: Model, list: OperationList, culprit: number, budget: Budget): Explanation {
  const shown = within(
    () => budget.during(() => shownOperations(model, list, culprit, budget)),
    () => openWith(list, culprit),
  );
  const { operations } = shown;
  const bad = operations.indexOf(shown.bad);
  const reached = reachedStates(model, shown.starts, operations, bad, budget);
  const reason = reasonFor(model, list, culprit, operations);
  const past = reason === undefined ? statesOfAll(model, list, culprit, budget) : undefined;
  const isAll = reached.isComplete && reached.allowing.length === 0;
  return {
    summary: sentence(model, shown.bad, reason, past),
    evidence: {
      kind: "order",
      operations,
      culprit: bad,
      states: reached.states,
      ...(!isAll && { moreStates: true }),
    },
    ...(reason !== undefined && { reason }),
  };
}

/** The states that all operations leave before the culprit; undefined where there are too many operations. */
function statesOfAll(
  model: Model,
  list: OperationList,
  culprit: number,
  budget: Budget,
): Reached | undefined {
  const past = { list, bad: culprit, shown: new Set<number>() };
  const positions: number[] = [];
  for (const i of othersOf(past)) if (positions.push(i) > mostOfAll) return undefined;
  const all = [...positions, culprit].sort((a, b) => a - b);
  const operations = all.map((i) => list.operation(i));
  const start = { state: model.init, placed: [] };
  return reachedStates(model, [start], operations, all.indexOf(culprit), budget);
}

export interface Explanation extends Pick<Anomaly, "summary"> {
  readonly evidence: OrderEvidence;
  /** Absent where no simple reason is certain. */
  readonly reason?: Reason;
}

interface Shown {
  readonly operations: readonly Operation[];
  readonly bad: Operation;
  /** The states that the shown operations begin in. */
  readonly starts: readonly Start<unknown>[];
}

function shownOperations(model: Model, list: OperationList, culprit: number, budget: Budget): Shown {
  const members = isRegister(model) ? contradictionBefore(model, list, culprit, budget) : undefined;
  const own = members === undefined ? list : part(list, members);
  const place = members === undefined ? culprit : members.indexOf(culprit);
  const excerpt = excerptBefore(model, own, place, budget);
  const bad = excerpt.operations[excerpt.culprit] as Operation;
  const minimal = excerpt.starts.length === 0 ? around(excerpt) : minimalPart(model, excerpt, budget.rest());
  const operations = bounded(minimal, minimal.indexOf(excerpt.culprit)).map(
    (i) => excerpt.operations[i] as Operation,
  );
  const starts = excerpt.starts.map((start) => startAmong(operations, excerpt, start));
  const whole = contextOf(
    model,
    list,
    { operations, bad, starts: starts.map(({ state }) => state) },
    (candidate) => isExplanation(model, candidate, bad, budget),
  );
  if (whole === undefined) return { operations, bad, starts };
  return { operations: whole, bad, starts: [{ state: model.init, placed: [] }] };
}

/** A start of the excerpt, with those of the shown operations that had taken effect in it. */
function startAmong(
  operations: readonly Operation[],
  excerpt: Excerpt<unknown>,
  { state, done, used, spent }: ExcerptStart<unknown>,
): Start<unknown> {
  const placed = [...new Set([...done, ...used, ...spent])].map((i) =>
    operations.indexOf(excerpt.operations[i] as Operation),
  );
  return { state, placed: placed.filter((i) => i >= 0) };
}

/** Whether the operations are illegal by themselves, from the model's initial state, and legal without the bad one. */
function isExplanation(
  model: Model,
  operations: readonly Operation[],
  bad: Operation,
  budget: Budget,
): boolean {
  const others = operations.filter((operation) => operation !== bad);
  const judge = (some: readonly Operation[]) => checkOperations(model, some, { limits: budget.rest() }).kind;
  return judge(operations) === "invalid" && judge(others) === "valid";
}

/** Where there is no time to prove anything: what was open together with the culprit. */
function openWith(list: OperationList, culprit: number): Shown {
  const bad = list.operation(culprit);
  const operations: Operation[] = [];
  const last = Math.min(list.length - 1, culprit + mostAround);
  for (let i = Math.max(0, culprit - mostAround); i <= last; i++) {
    if (i === culprit) operations.push(bad);
    else if (list.returnIndex(i) >= bad.callIndex && list.callIndex(i) <= bad.returnIndex)
      operations.push(list.operation(i));
  }
  const kept = bounded([...operations.keys()], operations.indexOf(bad));
  return { operations: kept.map((i) => operations[i] as Operation), bad, starts: [] };
}

/** Where nothing can be proven within bounds: what was open together with the bad operation. */
function around({ operations, culprit }: Excerpt<unknown>): number[] {
  const bad = operations[culprit] as Operation;
  return [...operations.keys()].filter((i) => (operations[i] as Operation).returnIndex >= bad.callIndex);
}

/** At most `mostShown` of them: those next to the bad one. */
function bounded(positions: readonly number[], bad: number): readonly number[] {
  if (positions.length <= mostShown) return positions;
  const first = Math.min(Math.max(0, bad - mostShown + 1), positions.length - mostShown);
  return positions.slice(first, first + mostShown);
}
