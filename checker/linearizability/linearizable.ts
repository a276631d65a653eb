import type { KnownLimit } from "../../core/consistency.ts";
import type { History } from "../../core/history.ts";
import type { Call } from "../../core/op.ts";
import { type Anomaly, type Verdict, violationKind } from "../../core/verdict.ts";
import { count, cutMiddle } from "../../core/wording.ts";
import type { Checker, RunContext } from "../checker.ts";
import { type Excused, excuse, excusedInWords, readsIn } from "../known-limits/excused-reads.ts";
import { excusesOf } from "../known-limits/excuses.ts";
import type { Model } from "../model.ts";
import { failedKind } from "../run-checkers.ts";
import type { Failed } from "../threads/workers.ts";
import {
  checkList,
  describeValue,
  inWords,
  isRegister,
  type JudgedPart,
  type Judgement,
  undecided as notBegun,
} from "./check-operations.ts";
import { explain } from "./explain/explain.ts";
import { judgeRegisters } from "./judge-registers.ts";
import { Budget, type LimitName, within } from "./limits.ts";
import { type OperationList, part, recorded } from "./operation-list.ts";
import { columnsByKey, type KeyColumns } from "./register/columns.ts";
import { revisionOrder } from "./revision-order.ts";
import type { NumberedJudgement } from "./search/numbered-judgement.ts";
import { split, wholeOf } from "./split.ts";
import { whole } from "./whole.ts";

export interface LinearizableOptions {
  readonly model: Model;
  /** Which operations to judge; absent: all of them. `why` ends the sentence that counts the others. */
  readonly only?: { holds(call: Call): boolean; readonly why: string };
  /** Reads that meet one of these need not be linearizable: they are reported as known limits. */
  readonly limits?: readonly KnownLimit[];
  /** Judges the history as one object's rather than key by key. The verdict is the same, and takes longer. */
  readonly whole?: boolean;
}

/** Violations that are explained, and undecided keys that are listed; further ones are only counted. */
const mostShown = 8;

/**
 * Judges whether the history is linearizable in the model: key by key where the model has keys, each apart from the
 * others, whole otherwise. A key that the limits leave undecided makes the verdict `unknown`, one that is not
 * linearizable `invalid`.
 */
export function linearizable(options: LinearizableOptions): Checker {
  return {
    name: "linearizable",
    check: (history, context) => judge(options, history, context),
  };
}

function filtered(list: OperationList, only: (call: Call) => boolean): OperationList {
  const kept: number[] = [];
  for (let i = 0; i < list.length; i++) if (only(list.call(i))) kept.push(i);
  return part(list, kept);
}

async function judge(options: LinearizableOptions, history: History, context: RunContext): Promise<Verdict> {
  const { now, timeLimitSeconds, memoryLimitBytes } = context;
  // First of all: everything that follows takes time.
  const deadlineSeconds = now() + timeLimitSeconds;
  const budget = new Budget({ now, deadlineSeconds, memoryBytes: memoryLimitBytes });
  const isWhole = options.whole === true && options.model.key !== undefined;
  const model = isWhole ? (whole(options.model as Model<unknown>) as Model) : options.model;
  const all = recorded(history);
  const list = options.only === undefined ? all : filtered(all, options.only.holds);
  const judged = await judgeParts(model, list, budget, { ...context, isWhole });
  const excuses = excusesOf(model, history, options.limits ?? []);
  const excused = excuse({ model, list, parts: judged, excuses, budget });
  const verdict = verdictOf(model, list, excused, budget, context);
  return withRest(verdict, excused, options.only && leftOut(all, options.only));
}

/** The operations that need not be linearizable: how many, their names, and why. */
interface LeftOut {
  readonly operations: number;
  readonly names: string;
  /** The names of the operations that must be. */
  readonly held: string;
  readonly why: string;
}

function leftOut(all: OperationList, { holds, why }: NonNullable<LinearizableOptions["only"]>): LeftOut {
  const held = new Set<string>();
  const names = new Set<string>();
  let operations = 0;
  for (let i = 0; i < all.length; i++) {
    const call = all.call(i);
    (holds(call) ? held : names).add(call.f);
    if (!holds(call)) operations++;
  }
  return { operations, names: [...names].join(", "), held: [...held].join(", "), why };
}

/** The verdict on what must be linearizable, and a count of what need not be: stale reads that a limit excuses, and `left`. */
function withRest(verdict: Verdict, excused: Excused, left: LeftOut | undefined): Verdict {
  const summary = [verdict.summary];
  const reads = readsIn(excused);
  if (reads > 0) summary.push(excusedInWords(excused.counts));
  if (left !== undefined && left.operations > 0) {
    if (verdict.kind === "valid") summary[0] = `${verdict.summary} (${left.held} only)`;
    summary.push(`${count(left.operations, "operation")} (${left.names}) did not have to be: ${left.why}`);
  }
  return {
    ...verdict,
    summary: summary.join("; "),
    anomalies: [...verdict.anomalies, ...excused.anomalies],
    figures: {
      ...verdict.figures,
      ...(reads > 0 && { "excused by a known limit": reads }),
      ...(left !== undefined && left.operations > 0 && { "need not be linearizable": left.operations }),
    },
  };
}

function verdictOf(
  model: Model,
  list: OperationList,
  excused: Excused,
  budget: Budget,
  context: RunContext,
): Verdict {
  const { parts } = excused;
  const invalid: JudgedPart[] = [];
  const open: Anomaly[] = [];
  for (const each of parts) {
    if (each.judgement.kind === "invalid") invalid.push(each);
    else if (each.judgement.kind !== "valid") open.push(undecided(each.key, each.judgement, context));
  }
  const violations = invalid.slice(0, mostShown).map(({ key, positions, judgement }) => {
    const { culprit } = judgement as Extract<Judgement, { kind: "invalid" }>;
    return violation(model, key, part(list, positions), positions.indexOf(culprit), budget);
  });
  const found = [...violations, ...open.slice(0, mostShown)];
  const counts = {
    operations: list.length - readsIn(excused),
    keys: parts.length,
    violations: invalid.length,
    undecided: open.length,
  };
  return {
    checker: "linearizable",
    kind: invalid.length > 0 ? "invalid" : open.length > 0 ? "unknown" : "valid",
    summary: summary(counts, parts, found[0]),
    anomalies: found,
    figures: counts,
  };
}

async function judgeParts(
  model: Model,
  list: OperationList,
  budget: Budget,
  context: RunContext & { readonly isWhole: boolean },
): Promise<JudgedPart[]> {
  if (isRegister(model)) {
    const registers = within(
      () => columnsByKey(model, list, budget),
      (limit) => limit,
    );
    if (typeof registers === "string") return [unread(model, list, registers)];
    const judgements = await judgeRegisters(
      registers.map(({ columns }) => columns),
      (i) => {
        const { source } = (registers[i] as KeyColumns).columns;
        return revisionOrder(model, part(list, source), budget);
      },
      budget,
      context,
    );
    return registers.map(({ key, columns }, i) => {
      const judgement = judgements[i] as NumberedJudgement | Failed;
      const describe = (value: number) => describeValue(model, list, columns, value);
      return {
        key,
        positions: columns.source,
        judgement: judgement.kind === "failed" ? judgement : inWords(judgement, describe),
      };
    });
  }
  const parts = within(
    () => (context.isWhole ? [wholeOf(list)] : split(model, list, budget)),
    (limit) => limit,
  );
  if (typeof parts === "string") return [unread(model, list, parts)];
  return parts.map(({ key, list: own, positions }) => {
    const judgement = checkList(model, own, budget);
    const culprit = judgement.kind === "invalid" ? (positions[judgement.culprit] as number) : -1;
    return {
      key,
      positions,
      judgement: judgement.kind === "invalid" ? { ...judgement, culprit } : judgement,
    };
  });
}

/** The judgement of a list that is too large for the limits to be read at all. */
const unread = (model: Model, list: OperationList, limit: LimitName): JudgedPart => ({
  key: undefined,
  positions: wholeOf(list).positions,
  judgement: notBegun(model, limit),
});

function violation(
  model: Model,
  key: string | undefined,
  list: OperationList,
  culprit: number,
  budget: Budget,
): Anomaly {
  const { reason: _, ...explained } = explain(model, list, culprit, budget);
  return { kind: violationKind, ...(key !== undefined && { key }), ...explained };
}

function undecided(
  key: string | undefined,
  judgement: Extract<Judgement, { kind: "unknown" }> | Failed,
  context: RunContext,
): Anomaly {
  const where = key === undefined ? "the history" : `key ${key}`;
  const ofKey = key !== undefined && { key };
  if (judgement.kind === "failed")
    return {
      kind: failedKind,
      summary: `${where} is undecided: its checker failed: ${judgement.reason}`,
      ...ofKey,
    };
  const { limit, judged, states } = judgement;
  const what =
    limit === "time-limit"
      ? `the time limit of ${context.timeLimitSeconds} s`
      : `the memory limit of ${Math.round(context.memoryLimitBytes / 2 ** 20)} MiB`;
  const when = judged === 0 ? "before any answer was judged" : `after ${count(judged, "answer")}`;
  const last = states.length === 0 ? "" : `; the state could then be ${someOf(states)}`;
  return { kind: limit, summary: `${where} is undecided: ${what} was reached ${when}${last}`, ...ofKey };
}

function someOf(states: readonly string[]): string {
  const shown = states.slice(0, mostShown).map((state) => cutMiddle(state));
  const more = states.length - shown.length;
  return shown.join(" or ") + (more > 0 ? ` or one of ${count(more, "other")}` : "");
}

function summary(
  counts: Readonly<Record<"operations" | "keys" | "violations" | "undecided", number>>,
  parts: readonly JudgedPart[],
  first: Anomaly | undefined,
): string {
  const { operations, violations } = counts;
  const isWhole = parts.length === 1 && parts[0]?.key === undefined;
  const keys = count(counts.keys, "key");
  const are = operations === 1 ? "is" : "are";
  if (first === undefined)
    return `${count(operations, "operation")}${isWhole ? ", taken together," : ` on ${keys}`} ${are} linearizable`;
  if (violations === 1 || isWhole) return first.summary;
  if (violations === 0)
    return `${counts.undecided} of ${keys} ${counts.undecided === 1 ? "is" : "are"} undecided: ${first.summary}`;
  return `${violations} of ${keys} are not linearizable: ${first.summary}`;
}
