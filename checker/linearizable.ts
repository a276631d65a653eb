import type { Call } from "../core/op.ts";
import type { Anomaly, Verdict } from "../core/verdict.ts";
import { checkList, describeValue, inWords, isRegister, type Judgement } from "./check-operations.ts";
import type { Checker, RunContext } from "./checker.ts";
import { explain } from "./explain/explain.ts";
import { judgeRegisters } from "./judge-registers.ts";
import type { Model } from "./model.ts";
import { type OperationList, part, recorded } from "./operation-list.ts";
import { columnsByKey } from "./register/columns.ts";
import type { ColumnsJudgement } from "./register/judge-columns.ts";
import type { Limits } from "./search/limits.ts";
import { split } from "./split.ts";

export interface LinearizableOptions {
  readonly model: Model;
  /** Whether to judge operations with such a call; all of them where absent. */
  only?(call: Call): boolean;
}

/** The `kind` of an anomaly that is a violation. */
export const violationKind = "linearizability";

/** Violations that are explained; further ones are counted. */
const mostExplained = 8;

/**
 * Judges whether the history is linearizable in the model: key by key where the model has keys, each apart from the
 * others, whole otherwise. A key that the limits leave undecided makes the verdict `unknown`, one that is not
 * linearizable `invalid`.
 */
export function linearizable(options: LinearizableOptions): Checker {
  return {
    name: "linearizable",
    check(history, context) {
      const all = recorded(history);
      return judge(options.model, options.only === undefined ? all : filtered(all, options.only), context);
    },
  };
}

function filtered(list: OperationList, only: (call: Call) => boolean): OperationList {
  const kept: number[] = [];
  for (let i = 0; i < list.length; i++) if (only(list.call(i))) kept.push(i);
  return part(list, kept);
}

async function judge(model: Model, list: OperationList, context: RunContext): Promise<Verdict> {
  const limits = limitsOf(context);
  const parts = await judgeParts(model, list, context);
  const violations: Anomaly[] = [];
  const unknowns: Anomaly[] = [];
  let count = 0;
  for (const { key, positions, judgement } of parts) {
    if (judgement.kind === "unknown") unknowns.push(undecided(key, judgement, context));
    if (judgement.kind !== "invalid" || ++count > mostExplained) continue;
    violations.push(
      violation(model, key, part(list, positions), positions.indexOf(judgement.culprit), limits),
    );
  }
  const found = [...violations, ...unknowns];
  return {
    checker: "linearizable",
    kind: count > 0 ? "invalid" : unknowns.length > 0 ? "unknown" : "valid",
    summary: summary({ operations: list.length, parts: parts.length, violations: count, found }),
    anomalies: found,
    figures: {
      operations: list.length,
      keys: parts.length,
      violations: count,
      undecided: unknowns.length,
    },
  };
}

interface JudgedPart {
  readonly key: string | undefined;
  /** Where its operations are in the list; the judgement's culprit is among them. */
  readonly positions: Int32Array;
  readonly judgement: Judgement;
}

async function judgeParts(model: Model, list: OperationList, context: RunContext): Promise<JudgedPart[]> {
  const limits = limitsOf(context);
  if (isRegister(model)) {
    const registers = columnsByKey(model, list);
    const judgements = await judgeRegisters(
      registers.map(({ columns }) => columns),
      limits,
      context,
    );
    return registers.map(({ key, columns }, i) => ({
      key,
      positions: columns.source,
      judgement: inWords(judgements[i] as ColumnsJudgement, (value) =>
        describeValue(model, list, columns, value),
      ),
    }));
  }
  return split(model, list).map(({ key, list: own, positions }) => {
    const judgement = checkList(model, own, limits);
    const culprit = judgement.kind === "invalid" ? (positions[judgement.culprit] as number) : -1;
    return {
      key,
      positions,
      judgement: judgement.kind === "invalid" ? { ...judgement, culprit } : judgement,
    };
  });
}

function limitsOf({ now, timeLimitSeconds, memoryLimitBytes }: RunContext): Limits {
  return { now, deadlineSeconds: now() + timeLimitSeconds, memoryBytes: memoryLimitBytes };
}

function violation(
  model: Model,
  key: string | undefined,
  list: OperationList,
  culprit: number,
  limits: Limits,
): Anomaly {
  return { kind: violationKind, ...(key !== undefined && { key }), ...explain(model, list, culprit, limits) };
}

function undecided(
  key: string | undefined,
  { limit, judged, states }: Extract<Judgement, { kind: "unknown" }>,
  context: RunContext,
): Anomaly {
  const what =
    limit === "time-limit"
      ? `the time limit of ${context.timeLimitSeconds} s`
      : `the memory limit of ${Math.round(context.memoryLimitBytes / 1e6)} MB`;
  const where = key === undefined ? "the history" : `key ${key}`;
  const last = states.length === 0 ? "" : `, where the state could be ${states.slice(0, 8).join(" or ")}`;
  const text = `${where} is undecided: ${what} was reached after ${judged} answers${last}`;
  return { kind: limit, summary: text, ...(key !== undefined && { key }) };
}

function summary(of: {
  operations: number;
  parts: number;
  violations: number;
  found: readonly Anomaly[];
}): string {
  const { operations, parts, violations, found } = of;
  const keys = parts === 1 ? "1 key" : `${parts} keys`;
  const first = found[0];
  if (first === undefined) return `${operations} operations on ${keys} are linearizable`;
  if (violations === 0) return `${found.length} of ${keys} undecided: ${first.summary}`;
  return violations === 1 ? first.summary : `${violations} of ${keys} are not linearizable: ${first.summary}`;
}
