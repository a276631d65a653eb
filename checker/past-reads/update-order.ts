/**
 * An order of updates that explains reads of past states: each read is legal after some prefix of it without updates that
 * were requested after the read's answer. How old the prefix is does not matter.
 */
import type { Operation } from "../../core/op.ts";
import { checkOperations, type Judgement } from "../linearizability/check-operations.ts";
import type { Budget, LimitName } from "../linearizability/limits.ts";
import { illegal, type Model } from "../model.ts";

/** A legal order of the updates, and the states that it leads through. */
export interface UpdateOrder {
  /** One more than there are updates: the state after each prefix, the empty one first. */
  readonly states: readonly unknown[];
  /** How many updates are in front of each one. */
  readonly places: ReadonlyMap<Operation, number>;
  /** For each update, the latest invocation among those up to and including it. */
  readonly latestCalls: readonly number[];
}

export type Explanation =
  | { readonly kind: "explained"; readonly order: UpdateOrder }
  /** No order of the updates explains these reads together with those that were tried before them. */
  | { readonly kind: "unexplained"; readonly reads: readonly Operation[] }
  /** The updates are not linearizable themselves. */
  | { readonly kind: "no-order" }
  | { readonly kind: "undecided"; readonly limit: LimitName };

/**
 * One order of `updates` that explains all `reads`. Begins with any legal order of the updates; reads that it does not
 * explain become part of the search, until an order explains all or none is proven to exist.
 */
export function explainReads(
  model: Model,
  updates: readonly Operation[],
  reads: readonly Operation[],
  budget: Budget,
): Explanation {
  let required: readonly Operation[] = [];
  for (;;) {
    const tried = [...updates, ...required.map(atAnyAge)];
    const judgement = checkOperations(model, tried, { limits: budget.rest(), witness: true });
    if (judgement.kind === "unknown") return { kind: "undecided", limit: judgement.limit };
    if (judgement.kind === "invalid")
      return required.length === 0 ? { kind: "no-order" } : unexplained(model, updates, required, budget);
    const order = followed(model, updates, tried, judgement);
    const open = reads.filter((read) => {
      budget.step();
      return latestPlace(model, order, read) === undefined;
    });
    if (open.length === 0) return { kind: "explained", order };
    required = [...required, ...open];
  }
}

/** A read that may see any state that was there before its answer. */
export const atAnyAge = (read: Operation): Operation => ({ ...read, callIndex: -1 });

function followed(
  model: Model,
  updates: readonly Operation[],
  tried: readonly Operation[],
  judgement: Extract<Judgement, { kind: "valid" }>,
): UpdateOrder {
  const order = (judgement.witness ?? []).filter((i) => i < updates.length).map((i) => tried[i] as Operation);
  const states: unknown[] = [model.init];
  const latestCalls: number[] = [];
  for (const { call, outcome, callIndex } of order) {
    states.push(model.step(states.at(-1), call, outcome));
    latestCalls.push(Math.max(callIndex, latestCalls.at(-1) ?? callIndex));
  }
  return { states, places: new Map(order.map((update, i) => [update, i])), latestCalls };
}

/** The reads, in order of their answers, that cannot be explained together with those before them. */
function unexplained(
  model: Model,
  updates: readonly Operation[],
  reads: readonly Operation[],
  budget: Budget,
): Explanation {
  const kept = [...updates];
  const found: Operation[] = [];
  for (const read of reads.toSorted((a, b) => a.returnIndex - b.returnIndex)) {
    const { kind } = checkOperations(model, [...kept, atAnyAge(read)], { limits: budget.rest() });
    if (kind === "valid") kept.push(atAnyAge(read));
    else if (kind === "invalid") found.push(read);
  }
  return found.length === 0
    ? { kind: "undecided", limit: "time-limit" }
    : { kind: "unexplained", reads: found };
}

/** The longest prefix after which the read is legal; undefined where it is legal after none. */
export function latestPlace(model: Model, order: UpdateOrder, read: Operation): number | undefined {
  for (let place = lastPlace(order, read); place >= 0; place--)
    if (isLegal(model, order, read, place)) return place;
  return undefined;
}

/** The shortest prefix, of at least `from` updates, after which the read is legal. */
export function earliestPlace(
  model: Model,
  order: UpdateOrder,
  read: Operation,
  from: number,
): number | undefined {
  const last = lastPlace(order, read);
  for (let place = from; place <= last; place++) if (isLegal(model, order, read, place)) return place;
  return undefined;
}

/** The longest prefix without an update that was requested after the read's answer. */
function lastPlace({ latestCalls }: UpdateOrder, read: Operation): number {
  let low = 0;
  let high = latestCalls.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((latestCalls[middle] as number) > read.returnIndex) high = middle;
    else low = middle + 1;
  }
  return low;
}

const isLegal = (
  model: Model,
  { states }: UpdateOrder,
  { call, outcome }: Operation,
  place: number,
): boolean => model.step(states[place], call, outcome) !== illegal;
