import type { Call, Json } from "../../../core/op.ts";
import { badValue } from "../calls.ts";
import { anObject } from "../initial.ts";

/** One thing that is done to a store: a call of its own, or a part of a transaction. */
export type KvStep =
  | { readonly f: "get" | "delete" | "list"; readonly key: string }
  | { readonly f: "put"; readonly key: string; readonly value: Json };

/** A comparison of a key's value, or of the revision of its last write (0 where the key is absent). */
export type KvComparison =
  | { readonly field: "value"; readonly key: string; readonly operator: "=" | "!="; readonly operand: Json }
  | {
      readonly field: "revision";
      readonly key: string;
      readonly operator: Operator;
      readonly operand: number;
    };

export type Operator = "=" | "!=" | "<" | ">";

/** Where every comparison holds, the steps of `hold` are taken, otherwise those of `differ`. */
export interface KvTransaction {
  readonly compare: readonly KvComparison[];
  readonly hold: readonly KvStep[];
  readonly differ: readonly KvStep[];
}

/** The step that a call is; undefined for a transaction. */
export const stepOf = ({ f, key, value }: Call): KvStep | undefined =>
  f === "txn" ? undefined : toStep([f, key ?? "", value ?? null]);

/** The transaction that is written `{compare, then, else}`, each of them left out where empty. */
export function transactionOf(value: Json | undefined): KvTransaction {
  if (value === undefined || !anObject.is(value)) throw badValue("a txn takes {compare, then, else}", value);
  const { compare, else: differ, ...rest } = value;
  return {
    compare: list(compare).map(toComparison),
    hold: list(rest["then"]).map(toStep),
    differ: list(differ).map(toStep),
  };
}

function list(value: Json | undefined): readonly Json[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw badValue("compare, then and else are lists", value);
  return value;
}

function toStep(part: Json): KvStep {
  const [f, key, value] = list(part);
  if (typeof key === "string") {
    if (f === "put") return { f, key, value: value ?? null };
    if (f === "get" || f === "delete" || f === "list") return { f, key };
  }
  throw badValue(
    'a kv knows ["get", key], ["put", key, value], ["delete", key], ["list", prefix] and txn',
    part,
  );
}

function toComparison(part: Json): KvComparison {
  const [key, field, operator, operand] = list(part);
  if (typeof key === "string") {
    if (field === "value" && (operator === "=" || operator === "!="))
      return { field, key, operator, operand: operand ?? null };
    if (field === "revision" && isOperator(operator) && typeof operand === "number")
      return { field, key, operator, operand };
  }
  throw badValue(
    'a comparison is [key, "value", "=" or "!=", value] or [key, "revision", operator, n]',
    part,
  );
}

const isOperator = (word: Json | undefined): word is Operator =>
  word === "=" || word === "!=" || word === "<" || word === ">";
