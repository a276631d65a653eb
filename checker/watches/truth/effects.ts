/** What operations changed, or may have changed, key by key. */
import type { Json, Operation, Revision } from "../../../core/op.ts";
import type { Nanos } from "../../../core/time.ts";

/** The first event that shows a change, and how many do. */
export interface Sighting {
  readonly index: number;
  readonly time: Nanos;
  count: number;
}

/** A part of an operation: it put a value into a key, or removed it. */
export interface Effect {
  readonly attempt: Attempt;
  readonly key: string;
  /** null: the key was removed. */
  readonly value: Json;
}

/** An operation that changed something, or may have. */
export interface Attempt {
  readonly operation: Operation;
  readonly effects: readonly Effect[];
  /** Where the system put all its changes; undefined as long as nothing shows it. */
  revision: Revision | undefined;
  /** What showed its revision, where its answer does not. */
  seen: Sighting | undefined;
  /** Whether a removal by it may have found nothing, and so changed nothing. */
  readonly mayFindNothing: boolean;
}

/** The attempts among operations, in their order; an operation that surely changed nothing is none. */
export const attemptsOf = (operations: readonly Operation[]): Attempt[] => operations.flatMap(attemptOf);

function attemptOf(operation: Operation): Attempt[] {
  const { call, outcome } = operation;
  const parts = partsOf(operation);
  if (parts.length === 0) return [];
  const isDelete = call.f === "delete";
  const found = outcome.type === "ok" && outcome.output.value === true;
  const effects: Effect[] = [];
  const attempt: Attempt = {
    operation,
    effects,
    // The answer to a delete that does not say what it found may have the revision of another change.
    revision: outcome.type === "ok" && (!isDelete || found) ? outcome.output.revision : undefined,
    seen: undefined,
    mayFindNothing: !found,
  };
  for (const { key, value } of parts) effects.push({ attempt, key, value });
  return [attempt];
}

type Part = Pick<Effect, "key" | "value">;

function partsOf({ call, outcome }: Operation): readonly Part[] {
  if (outcome.type === "fail") return [];
  const { f, key = "", value = null } = call;
  switch (f) {
    case "write":
      return [{ key, value }];
    case "cas":
      return Array.isArray(value) ? [{ key, value: value[1] ?? null }] : [];
    case "delete":
      return outcome.type === "ok" && outcome.output.value === false ? [] : [{ key, value: null }];
    case "txn":
      return Array.isArray(value) ? value.flatMap(partOfTxn) : [];
    default:
      return [];
  }
}

function partOfTxn(part: Json): Part[] {
  if (typeof part !== "object" || part === null || Array.isArray(part)) return [];
  const { f, key, value = null } = part as { readonly [name: string]: Json };
  if (typeof key !== "string") return [];
  return f === "write" ? [{ key, value }] : f === "delete" ? [{ key, value: null }] : [];
}
