import type { Operation } from "../core/op.ts";
import { canonical } from "./canonical.ts";
import type { Model } from "./model.ts";
import { listOf, type OperationList, part } from "./operation-list.ts";
import { type Columns, columnsOf, type RegisterModel } from "./register/columns.ts";
import { type ColumnsJudgement, judgeColumns } from "./register/judge-columns.ts";
import { decide } from "./search/decide.ts";
import { type LimitName, type Limits, unlimited } from "./search/limits.ts";
import { type Problem, prepare } from "./search/problem.ts";
import { returnsBefore } from "./search/timeline.ts";

/** Whether operations can be linearized, and where it ends if they cannot. Positions are those in the given list. */
export type Judgement =
  | { readonly kind: "valid" }
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

/**
 * Whether `operations`, taken as a whole whatever their keys, are linearizable: some order of them, with any unknown
 * ones left out, is legal in the model and keeps `a` before `b` wherever `a.returnIndex < b.callIndex`.
 */
export function checkOperations(
  model: Model,
  operations: readonly Operation[],
  limits: Limits = unlimited,
): Judgement {
  const order = Array.from(operations.keys()).sort((a, b) => callOf(operations, a) - callOf(operations, b));
  const judgement = checkList(model, part(listOf(operations), order), limits);
  return judgement.kind === "invalid"
    ? { ...judgement, culprit: order[judgement.culprit] as number }
    : judgement;
}

const callOf = (operations: readonly Operation[], i: number) => (operations[i] as Operation).callIndex;

/** The same for a list, which is in order of invocation. */
export function checkList(model: Model, list: OperationList, limits: Limits): Judgement {
  if (!isRegister(model)) return search(prepare(model, list), limits);
  const columns = columnsOf(model, list);
  return inWords(judgeColumns(columns, limits), (value) => describeValue(model, list, columns, value));
}

/** The judgement with its states described. */
export function inWords(judgement: ColumnsJudgement, describe: (value: number) => string): Judgement {
  return judgement.kind === "unknown" ? { ...judgement, states: judgement.states.map(describe) } : judgement;
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

/** A model that says of every operation how it accesses the one value that there is. */
export const isRegister = (model: Model): model is Model & RegisterModel => model.register !== undefined;

function search(problem: Problem, limits: Limits): Judgement {
  const result = decide(problem, limits);
  switch (result.kind) {
    case "valid":
      return { kind: "valid" };
    case "invalid":
      return { kind: "invalid", culprit: problem.source[result.culprit] as number };
    case "unknown": {
      const judged = returnsBefore(problem.timeline, result.events);
      return {
        kind: "unknown",
        limit: result.limit,
        judged,
        states: result.states.map(problem.machine.describe),
      };
    }
  }
}
