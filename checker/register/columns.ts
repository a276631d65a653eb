import { unreachable } from "../../core/assert.ts";
import type { Call, Json, Outcome } from "../../core/op.ts";
import { canonical } from "../canonical.ts";
import type { RegisterAccess } from "../model.ts";
import type { OperationList } from "../operation-list.ts";

export const read = 0;
export const write = 1;
export const cas = 2;
export const differs = 3;

/** A register's operations as columns of numbers. Values are numbered; the initial one is 0. */
export interface Columns {
  readonly size: number;
  /** Position of every operation in the list that it came from. */
  readonly source: Int32Array;
  /** `read`, `write`, `cas` or `differs`. */
  readonly kind: Uint8Array;
  /** The value that is read, written, compared with, or differed from. */
  readonly value: Int32Array;
  /** The value that a CAS sets. */
  readonly to: Int32Array;
  /** 1 where the operation may never have taken effect. */
  readonly optional: Uint8Array;
  readonly callIndex: Float64Array;
  readonly returnIndex: Float64Array;
  /** Values by number. */
  readonly values: readonly Json[];
}

export interface RegisterModel {
  readonly init: Json;
  register(call: Call, outcome: Outcome): RegisterAccess;
}

/**
 * The operations of `list` that constrain an order. Left out are failures that observed nothing and reads that were
 * never answered: they changed nothing and told nothing.
 */
export function columnsOf(model: RegisterModel, list: OperationList): Columns {
  const numbers = new ValueNumbers(model.init);
  const { length } = list;
  const columns = {
    source: new Int32Array(length),
    kind: new Uint8Array(length),
    value: new Int32Array(length),
    to: new Int32Array(length),
    optional: new Uint8Array(length),
    callIndex: new Float64Array(length),
    returnIndex: new Float64Array(length),
  };
  let size = 0;
  for (let i = 0; i < length; i++) {
    const outcome = list.outcome(i);
    if (outcome.type === "fail" && outcome.error.code !== "mismatch") continue;
    const access = model.register(list.call(i), outcome);
    if (outcome.type === "info" && access.kind === "read") continue;
    if (outcome.type === "fail" && access.kind !== "differs") continue;
    const isCas = access.kind === "cas";
    columns.source[size] = i;
    columns.kind[size] = kindOf(access.kind);
    columns.value[size] = numbers.of(isCas ? access.from : access.value);
    columns.to[size] = isCas ? numbers.of(access.to) : -1;
    columns.optional[size] = outcome.type === "info" ? 1 : 0;
    columns.callIndex[size] = list.callIndex(i);
    columns.returnIndex[size++] = outcome.type === "info" ? Number.POSITIVE_INFINITY : list.returnIndex(i);
  }
  return { size, values: numbers.values, ...columns };
}

function kindOf(kind: RegisterAccess["kind"]): number {
  switch (kind) {
    case "read":
      return read;
    case "write":
      return write;
    case "cas":
      return cas;
    case "differs":
      return differs;
    default:
      return unreachable(kind);
  }
}

/** Numbers for values: the same for equal values. */
class ValueNumbers {
  readonly values: Json[] = [];
  readonly #simple = new Map<Json, number>();
  readonly #compound = new Map<string, number>();

  constructor(initial: Json) {
    this.of(initial);
  }

  of(value: Json): number {
    if (typeof value === "object" && value !== null)
      return this.#number(this.#compound, canonical(value), value);
    return this.#number(this.#simple, value, value);
  }

  #number<K>(numbers: Map<K, number>, name: K, value: Json): number {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, this.values.length);
    return this.values.push(value) - 1;
  }
}
