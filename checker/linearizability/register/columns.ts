import { unreachable } from "../../../core/assert.ts";
import type { Call, Json, Outcome } from "../../../core/op.ts";
import type { RegisterAccess } from "../../model.ts";
import { Budget, unlimited } from "../limits.ts";
import type { OperationList } from "../operation-list.ts";
import { wholeIndexes } from "./indexes.ts";
import { ValueNumbers } from "./value-numbers.ts";

export const read = 0;
export const write = 1;
export const cas = 2;
export const differs = 3;
export const replace = 4;

/** The return index of an operation that never returned. */
export const never = 0x7fffffff;

/** A register's operations as columns of numbers, in order of invocation. Values are numbered; the initial one is 0. */
export interface Columns {
  readonly size: number;
  /** Each operation's position in the list that it came from. */
  readonly source: Int32Array;
  /** `read`, `write`, `cas`, `differs` or `replace`. */
  readonly kind: Uint8Array;
  /** The value that is read, written, compared with, or differed from; a `replace` differed from what it writes. */
  readonly value: Int32Array;
  /** The value that a CAS sets. */
  readonly to: Int32Array;
  /** 1 where the operation may never have taken effect. */
  readonly optional: Uint8Array;
  readonly callIndex: Int32Array;
  /** `never` where there is no return. */
  readonly returnIndex: Int32Array;
  /** How many values there are. */
  readonly valueCount: number;
}

export interface RegisterModel {
  readonly init: Json;
  register(call: Call, outcome: Outcome): RegisterAccess;
  key?(call: Call): string;
}

/** Bytes per operation in columns, with the number of its key and, while they are built, that of its value. */
const bytesPerOperation = 40;

/** One register's operations. */
export interface KeyColumns {
  readonly key: string | undefined;
  readonly columns: Columns;
}

/**
 * The operations of `list` that constrain an order, key by key, in the order in which keys appear. Left out are failures
 * that observed nothing and reads that were never answered: they changed nothing and showed nothing. Throws
 * `LimitExceeded` where the budget does not allow it.
 */
export function columnsByKey(
  model: RegisterModel,
  list: OperationList,
  budget = new Budget(unlimited),
): KeyColumns[] {
  budget.hold(list.length * bytesPerOperation);
  const all = new ColumnBuilder(list.length);
  const numbers = new ValueNumbers(list.length);
  numbers.of(model.init);
  const indexes = wholeIndexes(list);
  const keys = new Map<string, number>();
  const keyOf = new Int32Array(list.length);
  for (let i = 0; i < list.length; i++) {
    budget.step();
    const outcome = list.outcome(i);
    if (outcome.type === "fail" && outcome.error.code !== "mismatch") continue;
    const call = list.call(i);
    const access = model.register(call, outcome);
    if (outcome.type === "info" && access.kind === "read") continue;
    if (outcome.type === "fail" && access.kind !== "differs") continue;
    const name = model.key?.(call) ?? "";
    let key = keys.get(name);
    if (key === undefined) {
      key = keys.size;
      keys.set(name, key);
    }
    keyOf[all.size] = key;
    all.add(i, access, outcome.type === "info", numbers, indexes.callIndex(i), indexes.returnIndex(i));
  }
  if (keys.size <= 1) {
    const [key] = keys.keys();
    return [{ key: model.key && key, columns: all.columns(numbers.count) }];
  }
  budget.hold(all.size * bytesPerOperation);
  return byKey(all.columns(numbers.count), keyOf, [...keys.keys()]);
}

/** The columns of a list of one register's operations. */
export function columnsOf(
  model: RegisterModel,
  list: OperationList,
  budget = new Budget(unlimited),
): Columns {
  const { init, register } = model;
  return (columnsByKey({ init, register }, list, budget)[0] as KeyColumns).columns;
}

class ColumnBuilder {
  size = 0;
  readonly #source: Int32Array;
  readonly #kind: Uint8Array;
  readonly #value: Int32Array;
  readonly #to: Int32Array;
  readonly #optional: Uint8Array;
  readonly #callIndex: Int32Array;
  readonly #returnIndex: Int32Array;

  constructor(capacity: number) {
    this.#source = new Int32Array(capacity);
    this.#kind = new Uint8Array(capacity);
    this.#value = new Int32Array(capacity);
    this.#to = new Int32Array(capacity);
    this.#optional = new Uint8Array(capacity);
    this.#callIndex = new Int32Array(capacity);
    this.#returnIndex = new Int32Array(capacity);
  }

  add(
    source: number,
    access: RegisterAccess,
    isOptional: boolean,
    numbers: ValueNumbers,
    callIndex: number,
    returnIndex: number,
  ): void {
    const at = this.size++;
    this.#source[at] = source;
    this.#kind[at] = kindOf(access.kind);
    const isCas = access.kind === "cas";
    this.#value[at] = numbers.of(isCas ? access.from : access.value);
    this.#to[at] = isCas ? numbers.of(access.to) : -1;
    this.#optional[at] = isOptional ? 1 : 0;
    this.#callIndex[at] = callIndex;
    this.#returnIndex[at] = isOptional ? never : returnIndex;
  }

  columns(valueCount: number): Columns {
    const { size } = this;
    return {
      size,
      source: this.#source.subarray(0, size),
      kind: this.#kind.subarray(0, size),
      value: this.#value.subarray(0, size),
      to: this.#to.subarray(0, size),
      optional: this.#optional.subarray(0, size),
      callIndex: this.#callIndex.subarray(0, size),
      returnIndex: this.#returnIndex.subarray(0, size),
      valueCount,
    };
  }
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
    case "replace":
      return replace;
    default:
      return unreachable(kind);
  }
}

/** Sorts the operations by key, in one pass over each column, and renumbers each key's values. */
function byKey(all: Columns, keyOf: Int32Array, names: readonly string[]): KeyColumns[] {
  const { size } = all;
  const start = new Int32Array(names.length + 1);
  for (let i = 0; i < size; i++)
    start[(keyOf[i] as number) + 1] = (start[(keyOf[i] as number) + 1] as number) + 1;
  for (let key = 0; key < names.length; key++)
    start[key + 1] = (start[key + 1] as number) + (start[key] as number);
  const next = start.slice();
  const place = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    const key = keyOf[i] as number;
    place[i] = next[key] as number;
    next[key] = (next[key] as number) + 1;
  }
  const sorted = <T extends Int32Array | Uint8Array>(column: T, into: T): T => {
    for (let i = 0; i < size; i++) into[place[i] as number] = column[i] as number;
    return into;
  };
  const columns = {
    source: sorted(all.source, new Int32Array(size)),
    kind: sorted(all.kind, new Uint8Array(size)),
    value: sorted(all.value, new Int32Array(size)),
    to: sorted(all.to, new Int32Array(size)),
    optional: sorted(all.optional, new Uint8Array(size)),
    callIndex: sorted(all.callIndex, new Int32Array(size)),
    returnIndex: sorted(all.returnIndex, new Int32Array(size)),
  };
  const renumber = renumberer(all.valueCount);
  return names.map((key, k) => {
    const from = start[k] as number;
    const to = start[k + 1] as number;
    const own = {
      size: to - from,
      source: columns.source.subarray(from, to),
      kind: columns.kind.subarray(from, to),
      value: columns.value.subarray(from, to),
      to: columns.to.subarray(from, to),
      optional: columns.optional.subarray(from, to),
      callIndex: columns.callIndex.subarray(from, to),
      returnIndex: columns.returnIndex.subarray(from, to),
    };
    return { key, columns: { ...own, valueCount: renumber(own.value, own.to) } };
  });
}

/** Renumbers values in place from 0 on, which stays the initial one; returns how many there are. */
function renumberer(valueCount: number): (...columns: Int32Array[]) => number {
  const numbers = new Int32Array(valueCount).fill(-1);
  const used: number[] = [];
  return (...columns) => {
    numbers[0] = 0;
    let count = 1;
    for (const column of columns) {
      for (let i = 0; i < column.length; i++) {
        const old = column[i] as number;
        if (old < 0) continue;
        if (numbers[old] === -1) {
          numbers[old] = count++;
          used.push(old);
        }
        column[i] = numbers[old] as number;
      }
    }
    for (let old = used.pop(); old !== undefined; old = used.pop()) numbers[old] = -1;
    return count;
  };
}
