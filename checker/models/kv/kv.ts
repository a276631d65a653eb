import { unreachable } from "../../../core/assert.ts";
import type { Call, Json, Outcome, Result } from "../../../core/op.ts";
import { canonical, same } from "../../canonical.ts";
import { cellReasons } from "../../linearizability/explain/cells.ts";
import { numberReasons } from "../../linearizability/explain/numbers.ts";
import { illegal, type Model } from "../../model.ts";
import { answerOf, badValue } from "../calls.ts";
import { anObject, initialOf, member } from "../initial.ts";
import { type KvComparison, type KvStep, type Operator, stepOf, transactionOf } from "./calls.ts";
import { kvCells } from "./cells.ts";
import { describeKvCall, revisionOfCall } from "./words.ts";

/** Revisions count from `base`, the store's before the first operation: null until an answer reveals it. */
interface Store {
  readonly base: number | null;
  /** How often the store changed. */
  readonly changes: number;
  readonly entries: Readonly<Record<string, Entry>>;
}

/** `change` is the number of the change that wrote the entry: 0 for those of the initial state. */
type Entry = { readonly value: Json; readonly change: number };

/**
 * A store of keys with transactions and reads by prefix, as etcd has it; empty at first, or with the values of `initial`.
 *
 * - `get` answers the key's value, null where it is absent; `put` sets it;
 * - `delete` removes the key, and answers whether there was one;
 * - `list` answers `[key, value]` or `[key, value, revision of its last write]` for every key that begins with the call's
 *   key, in any order;
 * - `txn` with `{compare, then, else}` takes the steps of `then` where all comparisons hold, otherwise those of `else`,
 *   at one instant, and answers `{succeeded, responses}`. A step is `["put", key, value]` or one of the others likewise. A
 *   comparison is `[key, "value", "=" or "!=", value]`, which an absent key never meets, or
 *   `[key, "revision", "=", "!=", "<" or ">", number]`, where an absent key has 0.
 *
 * The store's revision rises by one with every call that changes it, however much a transaction changes; so the history
 * must have all the writes there were, or no revisions. An answer's revision is the store's after the call. `revision`
 * is that before the first call; without it the first answer with a revision reveals it.
 */
export function kv(options: { initial?: Json; revision?: number } = {}): Model<Store, Call, Result> {
  const initial = initialOf("kv", options.initial, {}, anObject);
  const entries = Object.entries(initial).map(([key, value]) => [key, { value, change: 0 }] as const);
  const knowsBase = options.revision !== undefined;
  return {
    name: "kv",
    calls: ["get", "put", "delete", "list", "txn"],
    init: { base: options.revision ?? null, changes: 0, entries: Object.fromEntries(entries) },
    step: stepKv,
    // The first answer with a revision changes what is known, even if it is a read's.
    readOnly: ({ f }, outcome) =>
      (f === "get" || f === "list") &&
      (knowsBase || outcome.type !== "ok" || (f === "get" && outcome.output.revision === undefined)),
    fingerprint: ({ base, changes, entries: all }) => `${base} ${changes} ${canonical(all)}`,
    describeCall: describeKvCall,
    describeState: ({ entries: all }) =>
      canonical(Object.fromEntries(Object.entries(all).map(([key, { value }]) => [key, value]))),
    reasons: [cellReasons(kvCells(initial)), numberReasons("revision", revisionOfCall)],
  };
}

function stepKv(state: Store, call: Call, outcome: Outcome): Store | typeof illegal {
  if (outcome.type === "fail") return illegal;
  const step = stepOf(call);
  const answer = answerOf(outcome);
  const next = step === undefined ? transact(state, call, answer) : changed(state, take(state, step, answer));
  if (next === illegal || outcome.type !== "ok" || outcome.output.revision === undefined) return next;
  return learn(next, next.changes, outcome.output.revision);
}

/** `after`, with a change counted if the entries differ from those of `before`. */
function changed(before: Store, after: Store | typeof illegal): Store | typeof illegal {
  if (after === illegal || after.entries === before.entries) return after;
  return { ...after, changes: before.changes + 1 };
}

function transact(state: Store, call: Call, answer: Json | undefined): Store | typeof illegal {
  const { compare, hold, differ } = transactionOf(call.value);
  const succeeded = compare.every((comparison) => holds(state, comparison));
  const { responses, ...answered } = transactionAnswer(answer);
  if (answered.succeeded !== undefined && answered.succeeded !== succeeded) return illegal;
  const steps = succeeded ? hold : differ;
  if (responses !== undefined && responses.length !== steps.length) return illegal;
  let next: Store | typeof illegal = state;
  for (const [i, step] of steps.entries()) {
    next = take(next, step, responses?.[i], state.changes + 1);
    if (next === illegal) return illegal;
  }
  return changed(state, next);
}

function transactionAnswer(answer: Json | undefined): { succeeded?: Json; responses?: readonly Json[] } {
  if (answer === undefined || answer === null) return {};
  if (!anObject.is(answer)) throw badValue("a txn returns {succeeded, responses}", answer);
  const { succeeded, responses } = answer;
  if (responses !== undefined && !Array.isArray(responses)) throw badValue("responses are a list", responses);
  return { ...(succeeded !== undefined && { succeeded }), ...(responses !== undefined && { responses }) };
}

/** The store after a step, of which `answer` is what is known, as part of the change with the number `change`. */
function take(
  state: Store,
  step: KvStep,
  answer: Json | undefined,
  change = state.changes + 1,
): Store | typeof illegal {
  const { f, key } = step;
  const entry = member(state.entries, key);
  switch (f) {
    case "get":
      return answer === undefined || same(answer, entry?.value) ? state : illegal;
    case "list":
      return answer === undefined ? state : listed(state, key, answer);
    case "put":
      return { ...state, entries: { ...state.entries, [key]: { value: step.value, change } } };
    case "delete": {
      if (typeof answer === "boolean" && answer !== (entry !== undefined)) return illegal;
      if (entry === undefined) return state;
      const { [key]: _, ...entries } = state.entries;
      return { ...state, entries };
    }
    default:
      return unreachable(f);
  }
}

function listed(state: Store, prefix: string, answer: Json): Store | typeof illegal {
  if (!Array.isArray(answer)) throw badValue("a list returns [key, value] for each key", answer);
  const keys = Object.keys(state.entries).filter((key) => key.startsWith(prefix));
  const rows = new Map<Json, readonly Json[]>();
  for (const row of answer as readonly Json[]) {
    if (!Array.isArray(row)) throw badValue("a list returns [key, value] for each key", row);
    rows.set(row[0] ?? null, row);
  }
  if (rows.size !== keys.length || answer.length !== keys.length) return illegal;
  let next: Store | typeof illegal = state;
  for (const key of keys) {
    const [, value, revision] = rows.get(key) ?? [];
    const entry = member(state.entries, key);
    if (entry === undefined || !rows.has(key) || !same(value, entry.value)) return illegal;
    if (typeof revision === "number") next = learn(next, entry.change, revision);
    if (next === illegal) return illegal;
  }
  return next;
}

/** The store where the change with that number has that revision. */
function learn(state: Store, change: number, revision: number): Store | typeof illegal {
  const base = revision - change;
  if (state.base === null) return base >= 0 ? { ...state, base } : illegal;
  return state.base === base ? state : illegal;
}

function holds(state: Store, comparison: KvComparison): boolean {
  const { key, operator, operand } = comparison;
  const entry = member(state.entries, key);
  if (comparison.field === "value")
    return entry !== undefined && same(entry.value, operand) === (operator === "=");
  return compare(
    entry === undefined ? 0 : revisionOf(state, entry, comparison.operand),
    operator,
    comparison.operand,
  );
}

/** An entry's revision is above 0 even where nothing more is known, which decides comparisons with 0. */
function revisionOf({ base }: Store, { change }: Entry, operand: number): number {
  if (base !== null) return base + change;
  if (operand <= 0) return 1;
  throw new TypeError(
    "a transaction compares revisions before any answer has one: give the kv model the store's first `revision`",
  );
}

function compare(a: number, operator: Operator, b: number): boolean {
  switch (operator) {
    case "=":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case ">":
      return a > b;
    default:
      return unreachable(operator);
  }
}
