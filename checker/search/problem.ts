import type { Call, Operation, Outcome, Result } from "../../core/op.ts";
import { canonical } from "../canonical.ts";

/**
 * Operations as integers, ready to search. An operation is *required* (it was answered: it must take effect between
 * its call and its return) or *optional* (`info`: it may take effect at any time after its call, or never).
 */
export interface Problem {
  /** Position of every kept operation in the array that it came from. */
  readonly source: Int32Array;
  /** Operations of one class have the same call and outcome, so no state tells them apart. */
  readonly classOf: Int32Array;
  /** 1 where the operation is optional. */
  readonly optional: Uint8Array;
  /** Calls and returns in real-time order: `operation * 2` for a call, `operation * 2 + 1` for a return. */
  readonly events: Int32Array;
  /** Of every required operation: its bit in a configuration, its own while it is open, used again afterwards. */
  readonly slot: Int32Array;
  /** How many slots there are: the greatest number of required operations open at once. */
  readonly slots: number;
  /** One operation of each class, for the model. */
  readonly classes: readonly OperationClass[];
}

export interface OperationClass {
  readonly call: Call;
  readonly outcome: Outcome;
}

/**
 * Leaves out what cannot constrain an order: operations that failed, unless they observed something (`mismatch`).
 * Sound: a failed operation had no effect and returned nothing, so it can be put in or taken out of any legal order.
 */
export function constrains(operation: Operation): boolean {
  return operation.outcome.type !== "fail" || operation.outcome.error.code === "mismatch";
}

/**
 * The problem of linearizing `operations`, in whatever order they are given. Those that `isOptional` may be left out
 * and have no end, but where they take effect it is with their outcome; as a rule the unknown ones.
 */
export function prepare(
  operations: readonly Operation[],
  isOptional: (position: number) => boolean = (i) => operations[i]?.outcome.type === "info",
): Problem {
  const kept: number[] = [];
  operations.forEach((operation, position) => {
    if (constrains(operation)) kept.push(position);
  });
  const source = Int32Array.from(kept);
  const at = (i: number) => operations[source[i] as number] as Operation;
  const optional = Uint8Array.from(source, (position) => (isOptional(position) ? 1 : 0));
  const events = eventOrder(source.length, optional, at);
  return { source, optional, events, ...classify(source.length, at), ...assignSlots(events, optional) };
}

function classify(size: number, at: (i: number) => Operation) {
  const classes: OperationClass[] = [];
  const ids = new Map<string, number>();
  const classOf = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    const { call, outcome } = at(i);
    const name = className(call, outcome);
    let id = ids.get(name);
    if (id === undefined) {
      id = classes.length;
      ids.set(name, id);
      classes.push({ call, outcome });
    }
    classOf[i] = id;
  }
  return { classOf, classes };
}

function className(call: Call, outcome: Outcome): string {
  const { value, revision }: Result = outcome.type === "ok" ? outcome.output : {};
  const output = outcome.type === "ok" ? `${canonical(value)}@${revision}` : outcome.type;
  return `${call.f}(${call.key},${canonical(call.value)})${output}`;
}

/**
 * Events by index; at equal indexes calls come before returns, because only `a.returnIndex < b.callIndex` puts `a`
 * before `b`.
 */
function eventOrder(size: number, optional: Uint8Array, at: (i: number) => Operation): Int32Array {
  const events: number[] = [];
  for (let i = 0; i < size; i++) {
    events.push(i * 2);
    if (!optional[i]) events.push(i * 2 + 1);
  }
  const index = (event: number) => {
    const operation = at(event >> 1);
    return event & 1 ? operation.returnIndex : operation.callIndex;
  };
  events.sort((a, b) => index(a) - index(b) || (a & 1) - (b & 1) || a - b);
  return Int32Array.from(events);
}

function assignSlots(events: Int32Array, optional: Uint8Array) {
  const slot = new Int32Array(optional.length).fill(-1);
  const free: number[] = [];
  let slots = 0;
  for (const event of events) {
    const operation = event >> 1;
    if (optional[operation]) continue;
    if (event & 1) free.push(slot[operation] as number);
    else slot[operation] = free.pop() ?? slots++;
  }
  return { slot, slots };
}
