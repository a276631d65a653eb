/**
 * Whether a session's operations can have seen the states in the order in which it asked. First the order of updates that
 * explains all reads is tried; a session that does not fit into it is searched for an order of its own, exactly.
 */
import type { Call, Operation, Outcome } from "../../core/op.ts";
import { checkOperations } from "../linearizability/check-operations.ts";
import { type Budget, type LimitName, within } from "../linearizability/limits.ts";
import { listOf } from "../linearizability/operation-list.ts";
import { decideSet } from "../linearizability/set/decide-set.ts";
import { isSet, type SetModel } from "../linearizability/set/members.ts";
import { illegal, type Model } from "../model.ts";
import { atAnyAge, earliestPlace, latestPlace, type UpdateOrder } from "./update-order.ts";

/** Reads, and where they count the updates, of one session in the order in which it asked; all of them answered. */
export type Session = readonly Operation[];

export type SessionFinding =
  | { readonly kind: "in-order" }
  /** The operations up to and including the last one cannot be in order; without it they can. */
  | { readonly kind: "out-of-order"; readonly operations: Session }
  | { readonly kind: "undecided"; readonly limit: LimitName };

export function judgeSession(
  model: Model,
  updates: readonly Operation[],
  order: UpdateOrder,
  session: Session,
  budget: Budget,
): SessionFinding {
  if (fitsLatest(model, order, session) || fitsEarliest(model, order, session, budget))
    return { kind: "in-order" };
  // The shortest beginning of the session that is out of order: what holds for one holds for every longer one.
  let [low, high] = [1, session.length];
  const whole = search(model, updates, session, budget);
  if (typeof whole !== "boolean") return { kind: "undecided", limit: whole };
  if (whole) return { kind: "in-order" };
  while (low < high) {
    const middle = (low + high) >> 1;
    const fits = search(model, updates, session.slice(0, middle), budget);
    if (typeof fits !== "boolean") break;
    if (fits) low = middle + 1;
    else high = middle;
  }
  return { kind: "out-of-order", operations: session.slice(0, high) };
}

/** Whether every read at its latest place is in order: so it is with most. */
const fitsLatest = (model: Model, order: UpdateOrder, session: Session): boolean =>
  fits(order, session, (read) => latestPlace(model, order, read));

/** Whether the reads are in order, each as early as those before it allow. */
const fitsEarliest = (model: Model, order: UpdateOrder, session: Session, budget: Budget): boolean =>
  fits(order, session, (read, from) => {
    budget.step();
    return earliestPlace(model, order, read, from);
  });

/** Whether no operation goes back, where reads take the place that `placeOf` says and updates have their own. */
function fits(
  order: UpdateOrder,
  session: Session,
  placeOf: (read: Operation, from: number) => number | undefined,
): boolean {
  let from = 0;
  return session.every((operation) => {
    const own = order.places.get(operation);
    const place = own ?? placeOf(operation, from);
    if (place === undefined || place < from) return false;
    // A read sees the state in front of the update at its place; an update leaves the one behind it.
    from = own === undefined ? place : place + 1;
    return true;
  });
}

/** Whether some order of all updates explains the session; the limit that kept it from being known. */
function search(
  model: Model,
  updates: readonly Operation[],
  session: Session,
  budget: Budget,
): boolean | LimitName {
  const own = new Set(session);
  const changes = new Set(updates);
  if (isSet(model)) {
    const inTime = (operation: Operation) => (changes.has(operation) ? operation : atAnyAge(operation));
    const others = updates.filter((update) => !own.has(update));
    const decided = within(
      () => decideInTurn(model, others, session.map(inTime), budget),
      (limit) => limit,
    );
    if (decided !== undefined) return decided;
  }
  const operations = [...updates.filter((update) => !own.has(update)), ...session];
  const first = operations.length - session.length;
  const asked = operations.map(
    (operation, i): Operation => ({
      ...(changes.has(operation) ? operation : atAnyAge(operation)),
      call: { f: operation.call.f, value: i },
    }),
  );
  const judgement = checkOperations(inTurn(model, operations, first) as Model, asked, {
    limits: budget.rest(),
  });
  return judgement.kind === "unknown" ? judgement.limit : judgement.kind === "valid";
}

/** Whether a set's operations have an order in which those of the session come in turn; undefined: not decided. */
function decideInTurn(
  model: SetModel,
  others: readonly Operation[],
  session: Session,
  budget: Budget,
): boolean | undefined {
  const all = [...others, ...session].toSorted((a, b) => a.callIndex - b.callIndex);
  const inTurn = session.map((operation) => all.indexOf(operation));
  const { kind } = decideSet(model, listOf(all), budget, { inTurn });
  return kind === "undecided" ? undefined : kind === "ordered";
}

/** A state, and how many operations of the session have taken place. */
interface Turn {
  readonly state: unknown;
  readonly done: number;
}

/** `model` for `operations`, which a call names by number; those from `first` on take place in this order only. */
function inTurn(model: Model, operations: readonly Operation[], first: number): Model<Turn> {
  const print = (state: unknown) => String(model.fingerprint?.(state) ?? JSON.stringify(state));
  return {
    name: model.name,
    calls: model.calls,
    init: { state: model.init, done: 0 },
    step({ state, done }: Turn, call: Call, outcome: Outcome) {
      const i = call.value as number;
      if (i >= first && i !== first + done) return illegal;
      const next = model.step(state, (operations[i] as Operation).call, outcome);
      return next === illegal ? illegal : { state: next, done: i >= first ? done + 1 : done };
    },
    fingerprint: ({ state, done }) => `${done} ${print(state)}`,
  };
}
