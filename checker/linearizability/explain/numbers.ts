/** Reasons about numbers that only rise: revisions, fencing tokens. */
import type { Call, Json, Outcome } from "../../../core/op.ts";
import { same } from "../../canonical.ts";
import { isCertain, named, othersOf, type Past, type Reason, type Reasoner } from "./reason.ts";

export interface Numbered {
  readonly at: number;
  /** Whether the operation was given the number: a higher one than any before. Otherwise it saw the last one given. */
  readonly given: boolean;
  /** What was there when the number was the last one, where the number belongs to one value. */
  readonly value?: Json;
}

/** Reasons for a model whose operations have numbers; `of` is undefined for an operation without one. */
export const numberReasons =
  (name: string, of: (call: Call, outcome: Outcome) => Numbered | undefined): Reasoner =>
  (past) => {
    const { list, bad } = past;
    const own = of(list.call(bad), list.outcome(bad));
    if (own === undefined) return undefined;
    const found = new Map<number, { relation: Relation; its: Numbered }>();
    for (const i of othersOf(past)) {
      const outcome = list.outcome(i);
      const its = isCertain(outcome) ? of(list.call(i), outcome) : undefined;
      if (its === undefined) continue;
      const relation = relationOf(own, its, list.returnIndex(i) < list.callIndex(bad));
      if (relation !== undefined) found.set(i, { relation, its });
    }
    return reasonOf(name, own, found, past);
  };

type Relation = Extract<Reason, { kind: "number" }>["relation"];

/** What is wrong between two operations; the second came before the first or was open at the same time. */
function relationOf(own: Numbered, its: Numbered, isBefore: boolean): Relation | undefined {
  if (own.at === its.at) {
    if (own.given && its.given) return "shared";
    if (own.value !== undefined && its.value !== undefined && !same(own.value, its.value))
      return "other-value";
  }
  if (!isBefore) return undefined;
  if (own.at < its.at) return "below";
  return own.given && own.at === its.at ? "not-above" : undefined;
}

function reasonOf(
  name: string,
  own: Numbered,
  found: ReadonlyMap<number, { relation: Relation; its: Numbered }>,
  past: Past,
): Reason | undefined {
  const i = named(past, [...found.keys()]);
  const one = i === undefined ? undefined : found.get(i);
  if (i === undefined || one === undefined) return undefined;
  const { relation, its } = one;
  const by = past.list.operation(i);
  return { kind: "number", name, relation, at: own.at, its: its.at, by, given: its.given };
}
