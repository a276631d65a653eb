import { operations } from "../core/history.ts";
import type { Call, Operation, Result } from "../core/op.ts";
import { type Anomaly, type Verdict, worst } from "../core/verdict.ts";
import { checkOperations, type Judgement } from "./check-operations.ts";
import type { Checker, RunContext } from "./checker.ts";
import { minimalHistory } from "./explain/minimal.ts";
import { reachedStates } from "./explain/reached-states.ts";
import { sentence } from "./explain/words.ts";
import type { Model } from "./model.ts";
import type { Limits } from "./search/limits.ts";

export interface LinearizableOptions<S> {
  readonly model: Model<S, Call, Result>;
  /** The operations to judge; all of them where absent. */
  only?(operation: Operation): boolean;
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
export function linearizable<S>(options: LinearizableOptions<S>): Checker {
  return {
    name: "linearizable",
    check(history, context) {
      const all = operations(history);
      const kept = options.only === undefined ? all : all.filter(options.only);
      return judge(options.model, kept, context);
    },
  };
}

function judge<S>(model: Model<S>, kept: readonly Operation[], context: RunContext): Verdict {
  const limits = limitsOf(context);
  const anomalies: Anomaly[] = [];
  const keys = byKey(model, kept);
  let violations = 0;
  for (const [key, part] of keys) {
    const judgement = checkOperations(model, part, limits);
    if (judgement.kind === "valid") continue;
    if (judgement.kind === "unknown") anomalies.push(undecided(key, judgement, context));
    else if (violations++ < mostExplained)
      anomalies.push(violation(model, key, part, judgement.culprit, limits));
  }
  const kind = worst([
    "valid",
    ...anomalies.map(({ kind: name }) =>
      name === violationKind ? ("invalid" as const) : ("unknown" as const),
    ),
  ]);
  return {
    checker: "linearizable",
    kind,
    summary: summary(kept.length, keys.size, violations, anomalies),
    anomalies,
    figures: { operations: kept.length, keys: keys.size, violations },
  };
}

function limitsOf({ now, timeLimitSeconds, memoryLimitBytes }: RunContext): Limits {
  return { now, deadlineSeconds: now() + timeLimitSeconds, memoryBytes: memoryLimitBytes };
}

function byKey<S>(model: Model<S>, all: readonly Operation[]): Map<string | undefined, Operation[]> {
  const parts = new Map<string | undefined, Operation[]>();
  for (const operation of all) {
    const key = model.key?.(operation.call);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [operation]);
    else part.push(operation);
  }
  return parts;
}

function violation<S>(
  model: Model<S>,
  key: string | undefined,
  part: readonly Operation[],
  culprit: number,
  limits: Limits,
): Anomaly {
  const minimal = minimalHistory(model, part, culprit, limits);
  const states = reachedStates(model, minimal.operations, minimal.culprit);
  const summary = sentence(minimal.operations, minimal.culprit, states);
  return { kind: violationKind, summary, ...(key !== undefined && { key }), ...minimal, states };
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
  const summary = `${key === undefined ? "the history" : `key ${key}`} is undecided: ${what} was reached after ${judged} answers, where the state could be ${states.slice(0, 8).join(", ")}`;
  return { kind: limit, summary, ...(key !== undefined && { key }) };
}

function summary(count: number, keys: number, violations: number, anomalies: readonly Anomaly[]): string {
  const scope = `${count} operations on ${keys} ${keys === 1 ? "key" : "keys"}`;
  if (violations > 0)
    return `${violations} of ${keys} keys not linearizable: ${anomalies.find(({ kind }) => kind === violationKind)?.summary}`;
  return anomalies.length > 0 ? `${anomalies.length} of ${keys} keys undecided` : `${scope} are linearizable`;
}
