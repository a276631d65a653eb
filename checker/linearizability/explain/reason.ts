/**
 * Reasons why an operation cannot be placed. A reason is a fact of the history that refutes the operation by itself, in
 * a form that a test can check against the history; `sentence.ts` puts it in words. A model lists the reasoners that are
 * true for it (`Model.reasons`).
 */
import type { Json, Operation, Outcome } from "../../../core/op.ts";
import { type OperationList, part } from "../operation-list.ts";

/** The history that ends when the operation `bad` returns. Numbers are positions in `list`. */
export interface Past {
  readonly list: OperationList;
  readonly bad: number;
  /** The operations that the explanation shows: a reason names one of them where it can. */
  readonly shown: ReadonlySet<number>;
}

/** Finds a reason that is certain; undefined where it finds none. */
export type Reasoner = (past: Past) => Reason | undefined;

/** A cell of the state (see `cells.ts`) held `value`; where not `holds`, it held something else. */
export interface Claim {
  readonly cell: string;
  readonly value: Json;
  readonly holds: boolean;
}

/**
 * "What makes the claim true" is `what` in words: `wrote 41`, `removed 2 from the set`. "Before" an operation is what had
 * returned before its call.
 */
export type Reason =
  /** The claim was not true at first, and nothing that was called before the bad one returned can have made it true. */
  | {
      readonly kind: "never";
      readonly claim: Claim;
      readonly what: string;
      /** Whether something that was called after that can have made it true. */
      readonly later: boolean;
    }
  /**
   * `by`, which returned before the bad one was called, made the claim false (or found it false: `saw`), and nothing that
   * can have made it true was open when `by` was called, or called between that and the bad one's return.
   */
  | {
      readonly kind: "ended";
      readonly claim: Claim;
      readonly what: string;
      readonly by: Operation;
      readonly saw: boolean;
    }
  /**
   * The bad one and those of `by`, which had returned by then, each found the claim true and made it false, but it can
   * have become true only `most` times, and was true at first where `atFirst`: that is less often.
   */
  | {
      readonly kind: "taken";
      readonly claim: Claim;
      readonly what: string;
      readonly by: readonly Operation[];
      readonly most: number;
      readonly atFirst: boolean;
    }
  /** What had been added before, and any part of what was being added or may have been, come to `least` … `most`. */
  | { readonly kind: "sum"; readonly found: number; readonly least: number; readonly most: number }
  /**
   * The bad one has the number `at` (a revision, a fencing token), and `by` has `its`:
   * `below`, `not-above`: `by` came before, and numbers never fall (those that are given rise);
   * `shared`: both were given theirs, the same; `other-value`: at the same number `by` had another value.
   */
  | {
      readonly kind: "number";
      /** What the number is: `revision`, `token`. */
      readonly name: string;
      readonly relation: "below" | "not-above" | "shared" | "other-value";
      readonly at: number;
      readonly its: number;
      readonly by: Operation;
      /** Whether `by` was given its number; it saw it otherwise. */
      readonly given: boolean;
    }
  /** `by` put `element` in before `value` can have been put in, and nothing can have taken it out by then. */
  | {
      readonly kind: "overtaken";
      readonly value: Json;
      readonly what: string;
      readonly by: Operation;
      readonly element: Json;
    }
  /** `by` put its element in before the bad one was called, and nothing can have taken it out by then. */
  | { readonly kind: "not-empty"; readonly by: Operation };

/** The first reason that is found. */
export function firstReason(reasoners: readonly Reasoner[], past: Past): Reason | undefined {
  for (const reasoner of reasoners) {
    const reason = reasoner(past);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Whether an operation happened for certain, as an effect or as an observation. */
export const isCertain = (outcome: Outcome): boolean =>
  outcome.type === "ok" || (outcome.type === "fail" && outcome.error.code === "mismatch");

/** Positions of the other operations that may have happened before the bad one returned. */
export function* othersOf({ list, bad }: Past): Generator<number> {
  const end = list.returnIndex(bad);
  for (let i = 0; i < list.length && list.callIndex(i) <= end; i++) {
    const outcome = list.outcome(i);
    if (i !== bad && (outcome.type === "info" || isCertain(outcome))) yield i;
  }
}

/** Those of the others that happened for certain and had returned before the bad one was called. */
export function* earlierThan(past: Past): Generator<number> {
  const { list, bad } = past;
  const begin = list.callIndex(bad);
  for (const i of othersOf(past)) if (list.returnIndex(i) < begin && isCertain(list.outcome(i))) yield i;
}

/** The best position to name: one that is shown, then the one that returned first. */
export function named({ list, shown }: Past, positions: readonly number[]): number | undefined {
  const visible = positions.filter((i) => shown.has(i));
  let best: number | undefined;
  for (const i of visible.length > 0 ? visible : positions)
    if (best === undefined || list.returnIndex(i) < list.returnIndex(best)) best = i;
  return best;
}

/** The same past, restricted to operations for which `keep` holds; the bad one is kept. */
export function pastAmong({ list, bad, shown }: Past, keep: (position: number) => boolean): Past {
  const kept: number[] = [];
  for (let i = 0; i < list.length; i++) if (i === bad || keep(i)) kept.push(i);
  const places = new Map(kept.map((position, place) => [position, place]));
  return {
    list: part(list, kept),
    bad: places.get(bad) as number,
    shown: new Set([...shown].flatMap((position) => places.get(position) ?? [])),
  };
}
