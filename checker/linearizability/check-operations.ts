import type { Operation } from "../../core/op.ts";
import { canonical } from "../canonical.ts";
import type { Model } from "../model.ts";
import type { Failed } from "../threads/workers.ts";
import { Budget, type LimitName, type Limits, unlimited, within } from "./limits.ts";
import { listOf, type OperationList, part } from "./operation-list.ts";
import { judgeQueue, type QueueJudgement } from "./queue/judge-queue.ts";
import { isQueue } from "./queue/unique.ts";
import { type Columns, columnsOf, type RegisterModel } from "./register/columns.ts";
import { judgeColumns } from "./register/judge-columns.ts";
import { revisionOrder } from "./revision-order.ts";
import { breadthFirst } from "./search/breadth-first.ts";
import { decide } from "./search/decide.ts";
import { type NumberedJudgement, numbered } from "./search/numbered-judgement.ts";
import { prepare } from "./search/problem.ts";
import { judgeSet } from "./set/judge-set.ts";
import { isSet } from "./set/members.ts";

/** Whether operations can be linearized, and where it ends if they cannot. Positions are those in the given list. */
export type Judgement =
  | {
      readonly kind: "valid";
      /**
       * A legal order, where it was asked for: positions, unknown operations left out that need not have happened. See
       * `verifyOrder`.
       */
      readonly witness?: readonly number[];
    }
  | {
      readonly kind: "invalid";
      /** The first operation, by return, that cannot be placed. */
      readonly culprit: number;
    }
  | {
      readonly kind: "unknown";
      readonly limit: LimitName;
      /** How many operations had returned when the search stopped. */
      readonly judged: number;
      /** The states that were possible there, described. */
      readonly states: readonly string[];
    };

/** The judgement of one key, or of a whole history. */
export interface JudgedPart {
  readonly key: string | undefined;
  /** Where its operations are in the list; the judgement's culprit is among them. */
  readonly positions: Int32Array;
  readonly judgement: Judgement | Failed;
}

export interface CheckOptions {
  /** Absent: none. */
  readonly limits?: Limits;
  /** Whether a `valid` judgement comes with a witness. Hard histories then take more memory. */
  readonly witness?: boolean;
}

/**
 * Whether `operations`, taken as a whole regardless of keys, are linearizable: some order of them, with any unknown
 * ones left out, is legal in the model and keeps `a` before `b` wherever `a.returnIndex < b.callIndex`.
 */
export function checkOperations(
  model: Model,
  operations: readonly Operation[],
  { limits = unlimited, witness = false }: CheckOptions = {},
): Judgement {
  const order = Array.from(operations.keys()).sort((a, b) => callOf(operations, a) - callOf(operations, b));
  const judgement = checkList(model, part(listOf(operations), order), new Budget(limits), witness);
  const given = (position: number) => order[position] as number;
  switch (judgement.kind) {
    case "valid":
      return judgement.witness === undefined
        ? judgement
        : { ...judgement, witness: judgement.witness.map(given) };
    case "invalid":
      return { ...judgement, culprit: given(judgement.culprit) };
    case "unknown":
      return judgement;
  }
}

const callOf = (operations: readonly Operation[], i: number) => (operations[i] as Operation).callIndex;

/** The same for a list, which is in order of invocation. */
export function checkList(
  model: Model,
  list: OperationList,
  budget: Budget,
  wantsWitness = false,
): Judgement {
  return within(
    () => budget.during(() => judge(model, list, budget, wantsWitness)),
    (limit) => undecided(model, limit),
  );
}

/** Where a limit was reached before the search began. */
export const undecided = (model: Model, limit: LimitName): Judgement => ({
  kind: "unknown",
  limit,
  judged: 0,
  states: [String((model.describeState ?? JSON.stringify)(model.init))],
});

function judge(model: Model, list: OperationList, budget: Budget, wantsWitness: boolean): Judgement {
  const known = () => revisionOrder(model, list, budget);
  if (isRegister(model)) {
    const columns = columnsOf(model, list, budget);
    const judgement = judgeColumns(columns, budget, { wantsOrder: wantsWitness, known });
    return inWords(judgement, (value) => describeValue(model, list, columns, value));
  }
  const order = known();
  if (order !== undefined) return valid(wantsWitness ? order : undefined);
  const queue = isQueue(model) ? judgeQueue(model, list, budget) : undefined;
  if (queue?.kind === "valid") return valid(wantsWitness ? queue.order : undefined);
  if (queue?.kind === "invalid") return { kind: "invalid", culprit: firstCulprit(model, queue, budget) };
  const set = isSet(model) ? judgeSet(model, list, budget) : undefined;
  if (set?.kind === "valid") return valid(wantsWitness ? set.order : undefined);
  return set ?? search(model, list, budget, wantsWitness);
}

const valid = (order: Int32Array | undefined): Judgement => ({
  kind: "valid",
  ...(order !== undefined && { witness: [...order] }),
});

/** Configurations that are looked at in a short search. */
const shortWork = 20_000;

/** The first operation that cannot be placed in a queue: a short search may find an earlier one. */
function firstCulprit(
  model: Model,
  { culprit, past, isFirst }: Extract<QueueJudgement, { kind: "invalid" }>,
  budget: Budget,
): number {
  if (isFirst) return culprit;
  return within(
    () => {
      const problem = prepare(model, past.list, budget);
      const result = breadthFirst(problem, { limits: budget.rest(), work: { left: shortWork } });
      if (result.kind !== "invalid") return culprit;
      return past.positions[problem.source[result.culprit] as number] as number;
    },
    () => culprit,
  );
}

/** The judgement with its states described. */
export function inWords(judgement: NumberedJudgement, describe: (value: number) => string): Judgement {
  switch (judgement.kind) {
    case "valid":
      return valid(judgement.order);
    case "invalid":
      return judgement;
    case "unknown":
      return { ...judgement, states: judgement.states.map(describe) };
  }
}

/** Puts a value of columns in words: each is the initial one, or in the call or the answer of some operation. */
export function describeValue(
  model: RegisterModel,
  list: OperationList,
  { size, source, value, to }: Columns,
  wanted: number,
): string {
  if (wanted === 0) return canonical(model.init);
  for (let i = 0; i < size; i++) {
    if (value[i] !== wanted && to[i] !== wanted) continue;
    const position = source[i] as number;
    const access = model.register(list.call(position), list.outcome(position));
    if (access.kind !== "cas") return canonical(access.value);
    return canonical(value[i] === wanted ? access.from : access.to);
  }
  return "a value that nobody read";
}

/** A model that describes each operation as an access to a single value. */
export const isRegister = (model: Model): model is Model & RegisterModel => model.register !== undefined;

function search(model: Model, list: OperationList, budget: Budget, wantsWitness: boolean): Judgement {
  const problem = prepare(model, list, budget);
  const result = decide(problem, { limits: budget.rest(), keepsOrder: wantsWitness });
  return inWords(numbered(problem, result, wantsWitness), problem.machine.describe);
}
