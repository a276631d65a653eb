import type { Call } from "../core/op.ts";
import type { Anomaly, Verdict } from "../core/verdict.ts";
import { checkList, type Judgement } from "./check-operations.ts";
import type { Checker, RunContext } from "./checker.ts";
import { minimalHistory } from "./explain/minimal.ts";
import { reachedStates } from "./explain/reached-states.ts";
import { sentence } from "./explain/words.ts";
import type { Model } from "./model.ts";
import { type OperationList, part, recorded } from "./operation-list.ts";
import type { Limits } from "./search/limits.ts";
import { type Part, split } from "./split.ts";

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

function judge(model: Model, list: OperationList, context: RunContext): Verdict {
  const limits = limitsOf(context);
  const parts = split(model, list);
  const violations: Anomaly[] = [];
  const unknowns: Anomaly[] = [];
  let count = 0;
  for (const each of parts) {
    const judgement = checkList(model, each.list, limits);
    if (judgement.kind === "unknown") unknowns.push(undecided(each, judgement, context));
    if (judgement.kind !== "invalid") continue;
    if (++count <= mostExplained) violations.push(violation(model, each, judgement.culprit, limits));
  }
  return {
    checker: "linearizable",
    kind: count > 0 ? "invalid" : unknowns.length > 0 ? "unknown" : "valid",
    summary: summary({
      operations: list.length,
      parts: parts.length,
      violations: count,
      found: [...violations, ...unknowns],
    }),
    anomalies: [...violations, ...unknowns],
    figures: { operations: list.length, keys: parts.length, violations: count, undecided: unknowns.length },
  };
}

function limitsOf({ now, timeLimitSeconds, memoryLimitBytes }: RunContext): Limits {
  return { now, deadlineSeconds: now() + timeLimitSeconds, memoryBytes: memoryLimitBytes };
}

function violation(model: Model, { key, list }: Part, culprit: number, limits: Limits): Anomaly {
  const operations = Array.from({ length: list.length }, (_, i) => list.operation(i));
  const minimal = minimalHistory(model, operations, culprit, limits);
  const states = reachedStates(model, minimal.operations, minimal.culprit);
  const text = sentence(minimal.operations, minimal.culprit, states);
  return { kind: violationKind, summary: text, ...(key !== undefined && { key }), ...minimal, states };
}

function undecided(
  { key }: Part,
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
