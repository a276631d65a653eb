/**
 * A store's keys as cells, for explanations. A key has two: its value, null where it is absent, and whether it is there;
 * for an answer of null does not say whether the key was absent or had that value.
 */
import type { Json } from "../../../core/op.ts";
import { cutMiddle, showValue } from "../../../core/wording.ts";
import type { After, Cells, Touch } from "../../linearizability/explain/cells.ts";
import type { Claim } from "../../linearizability/explain/reason.ts";
import { exactly } from "../../linearizability/explain/registers.ts";
import { answerOf } from "../calls.ts";
import { anObject, type Members, member } from "../initial.ts";
import { type KvComparison, type KvStep, type KvTransaction, stepOf, transactionOf } from "./calls.ts";

const valueCell = (key: string) => `=${key}`;
const presenceCell = (key: string) => `?${key}`;
const keyOf = (cell: string) => cell.slice(1);
const isPresence = (cell: string) => cell.startsWith("?");

export function kvCells(initial: Members): Cells {
  return {
    initial: (cell) =>
      isPresence(cell) ? Object.hasOwn(initial, keyOf(cell)) : (member(initial, keyOf(cell)) ?? null),
    cells: cellsOf(Object.keys(initial)),
    touch: (call, outcome) => {
      const step = stepOf(call);
      if (step === undefined) return touchOfTransaction(transactionOf(call.value), answerOf(outcome));
      const found = new Findings();
      found.step(step, answerOf(outcome));
      return touchOf(found, [step], undefined);
    },
    making,
  };
}

function making({ cell, value, holds }: Claim): string {
  const key = cutMiddle(keyOf(cell));
  if (isPresence(cell)) return value === holds ? `put ${key}` : `deleted ${key}`;
  if (!holds) return `changed ${key} from ${showValue(value)}`;
  return value === null ? `deleted ${key}` : `put ${showValue(value)} in ${key}`;
}

const cellsOf = (keys: readonly string[]): string[] =>
  keys.flatMap((key) => [valueCell(key), presenceCell(key)]);

/** What answers say of the store before the operation. */
class Findings {
  readonly #found = new Map<string, Json>();
  readonly #not = new Map<string, Json>();
  readonly #lists: { readonly prefix: string; readonly rows: ReadonlyMap<string, Json> }[] = [];

  step(step: KvStep, answer: Json | undefined): void {
    const { f, key } = step;
    if (answer === undefined) return;
    if (f === "get") {
      this.#found.set(valueCell(key), answer);
      if (answer !== null) this.#found.set(presenceCell(key), true);
    }
    if (f === "delete" && typeof answer === "boolean") this.#presence(key, answer);
    if (f === "list" && Array.isArray(answer)) this.#list(key, answer);
  }

  comparison(comparison: KvComparison, isMet: boolean): void {
    const { key, field, operator, operand } = comparison;
    if (operator !== "=") return;
    if (field === "revision") {
      if (operand === 0) this.#presence(key, !isMet);
    } else if (isMet) this.#value(key, operand);
    else if (operand !== null) this.#not.set(valueCell(key), operand);
  }

  #presence(key: string, isThere: boolean): void {
    this.#found.set(presenceCell(key), isThere);
    if (!isThere) this.#found.set(valueCell(key), null);
  }

  #value(key: string, value: Json): void {
    this.#found.set(valueCell(key), value);
    this.#found.set(presenceCell(key), true);
  }

  #list(prefix: string, answer: readonly Json[]): void {
    const rows = new Map<string, Json>();
    for (const row of answer) if (Array.isArray(row)) rows.set(String(row[0]), row[1] ?? null);
    for (const [key, value] of rows) this.#value(key, value);
    this.#lists.push({ prefix, rows });
  }

  cells(): string[] {
    return [...this.#found.keys(), ...this.#not.keys()];
  }

  found(cell: string): Json | undefined {
    const known = this.#found.get(cell);
    if (known !== undefined) return known;
    const key = keyOf(cell);
    const isMissing = this.#lists.some(({ prefix, rows }) => key.startsWith(prefix) && !rows.has(key));
    return isMissing ? (isPresence(cell) ? false : null) : undefined;
  }

  foundNot(cell: string): Json | undefined {
    return this.#not.get(cell);
  }
}

/** What an operation that takes the steps of `hold`, or those of `differ` where these are given, has to do with cells. */
function touchOf(found: Findings, hold: readonly KvStep[], differ: readonly KvStep[] | undefined): Touch {
  const changed = cellsOf([...hold, ...(differ ?? [])].filter(isChange).map(({ key }) => key));
  return {
    cells: [...new Set([...found.cells(), ...changed])],
    found: (cell) => found.found(cell),
    foundNot: (cell) => found.foundNot(cell),
    ...(changed.length > 0 && {
      after(cell: string, value: Json) {
        const one = afterSteps(hold, cell, value);
        const other = differ === undefined ? one : afterSteps(differ, cell, value);
        if (one === other) return one;
        return one === "this" || other === "this" ? "perhaps-this" : "perhaps-other";
      },
    }),
  };
}

const isChange = ({ f }: KvStep): boolean => f === "put" || f === "delete";

function afterSteps(steps: readonly KvStep[], cell: string, value: Json): After {
  const last = steps.findLast((step) => isChange(step) && step.key === keyOf(cell));
  if (last === undefined) return "as-before";
  if (isPresence(cell)) return exactly(last.f === "put", value);
  return exactly(last.f === "put" ? last.value : null, value);
}

function touchOfTransaction({ compare, hold, differ }: KvTransaction, answer: Json | undefined): Touch {
  const found = new Findings();
  const { succeeded, responses } = answer !== undefined && anObject.is(answer) ? answer : {};
  if (typeof succeeded !== "boolean") return touchOf(found, hold, differ);
  const steps = succeeded ? hold : differ;
  // Where one of several comparisons was not met, nobody knows which.
  if (succeeded || compare.length === 1)
    for (const comparison of compare) found.comparison(comparison, succeeded);
  for (const [i, step] of steps.entries()) {
    // What follows a change of the transaction's own says nothing of the store before it.
    if (isChange(step) && step.f === "put") break;
    found.step(step, Array.isArray(responses) ? responses[i] : undefined);
    if (isChange(step)) break;
  }
  return touchOf(found, steps, undefined);
}
