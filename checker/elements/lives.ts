/** The lives of a set's elements: when each was asked for, was surely in, and was surely taken out again. */
import type { Json, Operation } from "../../core/op.ts";
import type { Nanos } from "../../core/time.ts";
import { canonical } from "../canonical.ts";

/** An event after which something is known for certain, whatever reads it: the answer of `by`. */
export interface Known {
  readonly index: number;
  readonly time: Nanos;
  readonly by: Operation;
}

export interface Life {
  readonly set: string;
  readonly value: Json;
  /** The operation that put it in, or may have; undefined where nobody asked for that. */
  add?: Operation;
  /** An add that surely had no effect. */
  failedAdd?: Operation;
  /** Since when it was surely in: its add's answer, that of a list that shows it, or that of a remove which found it. */
  inPlace?: Known;
  /** The operation that took it out, or may have. */
  remove?: Operation;
  /** A remove that did not find it. */
  refused?: Operation;
  /** False where it was put in, or taken out, more than once: nothing is concluded from it. */
  isUnique: boolean;
  /** The last list, by invocation, that shows it: an index; -1 where none does. */
  lastShown: number;
  /** Which look at a list was the last that found it: see `show`. */
  stamp: number;
}

/** An answered list. */
export interface Listing {
  readonly operation: Operation;
  readonly values: readonly Json[];
}

export interface SetHistory {
  readonly set: string;
  readonly lives: ReadonlyMap<number | string, Life>;
  /** In order of invocation. */
  readonly lists: readonly Listing[];
  /** The removes that found their element. */
  readonly removals: readonly Operation[];
  /** How many lists were looked at: see `show`. */
  looks: number;
}

/** A number is its own name: there may be millions. */
const nameOf = (value: Json): number | string => (typeof value === "number" ? value : canonical(value));

export const lifeOf = ({ lives }: SetHistory, value: Json): Life | undefined => lives.get(nameOf(value));

/** Whether the operation may have put its element in, or taken it out. */
const mayHaveHappened = ({ outcome }: Operation): boolean => outcome.type !== "fail";

const foundNothing = ({ call, outcome }: Operation): boolean =>
  call.f === "remove" &&
  (outcome.type === "ok"
    ? outcome.output.value === false
    : outcome.type === "fail" && outcome.error.code === "mismatch");

/**
 * The sets of a history, in the order in which they were first asked about. `proves`: whether what a list shows proves
 * that it was in; a list that does not is judged only.
 */
export function setHistories(
  all: readonly Operation[],
  proves: (list: Operation) => boolean = () => true,
): SetHistory[] {
  const bySet = new Map<string, Operation[]>();
  for (const operation of all) {
    const set = operation.call.key ?? "";
    const own = bySet.get(set);
    if (own === undefined) bySet.set(set, [operation]);
    else own.push(operation);
  }
  return Array.from(bySet, ([set, own]) => setHistory(set, own, proves));
}

function setHistory(
  set: string,
  own: readonly Operation[],
  proves: (list: Operation) => boolean,
): SetHistory {
  const lives = new Map<number | string, Life>();
  const lists: Listing[] = [];
  const removals: Operation[] = [];
  const life = (value: Json): Life => {
    const name = nameOf(value);
    const known = lives.get(name);
    if (known !== undefined) return known;
    const made: Life = { set, value, isUnique: true, lastShown: -1, stamp: -1 };
    lives.set(name, made);
    return made;
  };
  for (const operation of own) {
    const { call, outcome } = operation;
    if (call.f === "list") {
      if (outcome.type === "ok" && Array.isArray(outcome.output.value))
        lists.push({ operation, values: outcome.output.value });
    } else if (call.f === "add") noteAdd(life(call.value ?? null), operation);
    else if (call.f === "remove") {
      noteRemove(life(call.value ?? null), operation);
      if (outcome.type === "ok" && outcome.output.value === true) removals.push(operation);
    }
  }
  for (const { operation, values } of lists) {
    const isProof = proves(operation);
    for (const value of values) {
      const shown = life(value);
      shown.lastShown = Math.max(shown.lastShown, operation.callIndex);
      if (isProof) place(shown, operation);
    }
  }
  return { set, lives, lists, removals, looks: 0 };
}

function noteAdd(life: Life, operation: Operation): void {
  if (!mayHaveHappened(operation)) {
    life.failedAdd = operation;
    return;
  }
  if (life.add !== undefined) life.isUnique = false;
  life.add ??= operation;
  if (operation.outcome.type === "ok") place(life, operation);
}

function noteRemove(life: Life, operation: Operation): void {
  if (foundNothing(operation)) life.refused = operation;
  if (foundNothing(operation) || !mayHaveHappened(operation)) return;
  if (life.remove !== undefined) life.isUnique = false;
  life.remove ??= operation;
  const { outcome } = operation;
  if (outcome.type === "ok" && outcome.output.value === true) place(life, operation);
}

/** Notes that the element was in when `by` was answered. */
function place(life: Life, by: Operation): void {
  if (life.inPlace === undefined || by.returnIndex < life.inPlace.index) life.inPlace = answerOf(by);
}

export const answerOf = (by: Operation): Known => ({ index: by.returnIndex, time: by.completedAt, by });

/** The answer that says that the element was found and taken out; undefined where none does. */
export const removedBy = ({ remove }: Life): Known | undefined =>
  remove?.outcome.type === "ok" && remove.outcome.output.value === true ? answerOf(remove) : undefined;

/** Whether something may have taken the element out before the event at `index`. */
export const mayBeGone = ({ remove }: Life, index: number): boolean =>
  remove !== undefined && remove.callIndex < index;

/** Notes which elements `lists` show: lists in another read mode, that are not judged. */
export function noteShown(histories: readonly SetHistory[], lists: readonly Operation[]): void {
  const bySet = new Map(histories.map((history) => [history.set, history]));
  for (const { call, outcome, callIndex } of lists) {
    const history = bySet.get(call.key ?? "");
    if (history === undefined || outcome.type !== "ok" || !Array.isArray(outcome.output.value)) continue;
    for (const value of outcome.output.value) {
      const life = lifeOf(history, value);
      if (life !== undefined) life.lastShown = Math.max(life.lastShown, callIndex);
    }
  }
}

/** Marks what a list shows, so that `isShown` answers for it until another one is marked. The lives, without repetition. */
export function show(history: SetHistory, { values }: Listing): Life[] {
  const look = ++history.looks;
  const shown: Life[] = [];
  for (const value of values) {
    const life = lifeOf(history, value) as Life;
    if (life.stamp !== look) shown.push(life);
    life.stamp = look;
  }
  return shown;
}

export const isShown = ({ stamp }: Life, { looks }: SetHistory): boolean => stamp === looks;
