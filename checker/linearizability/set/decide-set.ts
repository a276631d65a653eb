import type { Budget } from "../limits.ts";
import type { OperationList } from "../operation-list.ts";
import { verifyListOrder } from "../verify-order.ts";
import { type Member, type Members, membersOf, type SetModel } from "./members.ts";
import { Precedence } from "./precedence.ts";

/** What became of a set. An order is one of positions in the list. */
export type SetResult =
  | { readonly kind: "ordered"; readonly order: Int32Array }
  | { readonly kind: "contradiction" }
  | { readonly kind: "undecided" };

const contradiction: SetResult = { kind: "contradiction" };
const undecided: SetResult = { kind: "undecided" };

/** More operations than this are left to the search: the relation takes a bit for each pair. */
const mostOperations = 3000;
/** Guesses that may turn out wrong, and bytes that the guesses may hold. */
const mostWrong = 5000;
const mostBytes = 2e8;

export interface SetOptions {
  /** Positions of operations that happened in this order, whatever their times are. */
  readonly inTurn?: readonly number[];
}

/**
 * Decides a set into which each element was put once, and from which it was taken once at most.
 *
 * Let a(x) put the element x in, r(x) take it out. An order of the operations is legal exactly if everything that found
 * x in comes after a(x) and before r(x), and everything that found that it was not in comes before a(x) or after r(x). So
 * all but the last are edges of a relation that real time begins, and the last is a choice between two edges. A choice is
 * forced where one of the two would close a circle; the others are guessed, and taken back where they lead nowhere. Where
 * all are chosen and there is no circle, any order that agrees with the relation is legal.
 *
 * An unknown a(x) that nobody saw need not have happened; one that somebody saw did, perhaps late. An unknown r(x) can
 * always be taken to have happened in the end.
 *
 * Most choices are forced in practice: no two lists that differ leave much room. The result is `undecided` where elements
 * are not unique, and where it would take too much. Throws `LimitExceeded` where the budget does not allow it.
 */
export function decideSet(
  model: SetModel,
  list: OperationList,
  budget: Budget,
  options: SetOptions = {},
): SetResult {
  const found = membersOf(model, list, budget);
  if (found === "contradiction") return contradiction;
  if (found === "undecided" || found.kept.length > mostOperations) return undecided;
  return budget.during(() => {
    const order = begun(found, list, budget, options);
    const choices = choicesOf(found);
    const chosen = order === undefined ? "circle" : chooseAll(order, choices, budget);
    if (chosen === "circle") return contradiction;
    if (chosen === "gave-up") return undecided;
    const sequence = inOrder(chosen, found, list);
    return verifyListOrder(model, list, sequence)
      ? { kind: "ordered", order: Int32Array.from(sequence) }
      : undecided;
  });
}

/** Something that found an element out: it comes before `add`, or after `remove`. Numbers among the kept operations. */
interface Choice {
  readonly reader: number;
  readonly add: number;
  readonly remove: number;
}

/** The relation by real time and by what must be; undefined where that goes in a circle. */
function begun(
  { members, kept }: Members,
  list: OperationList,
  budget: Budget,
  { inTurn = [] }: SetOptions,
): Precedence | undefined {
  budget.hold(kept.length * (kept.length / 8 + 100));
  const numbers = new Map(kept.map((position, i) => [position, i]));
  const number = (position: number) => numbers.get(position) as number;
  return Precedence.of(
    kept.length,
    (add) => {
      for (const [i, position] of kept.entries()) {
        budget.step();
        const end = list.returnIndex(position);
        for (let later = kept.length - 1; later >= 0 && list.callIndex(kept[later] as number) > end; later--)
          add(i, later);
      }
      for (const [i, position] of inTurn.entries())
        if (i > 0) add(number(inTurn[i - 1] as number), number(position));
      for (const [from, to] of edgesOf(members)) add(number(from), number(to));
    },
    () => budget.step(),
  );
}

/** What must come before what, whatever is chosen: positions. */
function* edgesOf(members: readonly Member[]): Iterable<readonly [from: number, to: number]> {
  for (const { isInitial, add, remove, present, absent } of members) {
    if (add !== undefined && remove !== undefined) yield [add, remove];
    for (const reader of present) {
      if (add !== undefined) yield [add, reader];
      if (remove !== undefined) yield [reader, remove];
    }
    for (const reader of absent) {
      if (add !== undefined && remove === undefined) yield [reader, add];
      if (isInitial && remove !== undefined) yield [remove, reader];
      // It was in at first, and nothing took it out: the reader cannot be placed.
      if (isInitial && remove === undefined) yield [reader, reader];
    }
  }
}

function choicesOf({ members, kept }: Members): Choice[] {
  const numbers = new Map(kept.map((position, i) => [position, i]));
  const number = (position: number) => numbers.get(position) as number;
  return members.flatMap(({ add, remove, absent }) =>
    add === undefined || remove === undefined
      ? []
      : absent.map((reader) => ({ reader: number(reader), add: number(add), remove: number(remove) })),
  );
}

interface Guess {
  readonly order: Precedence;
  readonly open: readonly Choice[];
}

/** The relation with everything chosen. */
function chooseAll(
  begin: Precedence,
  choices: readonly Choice[],
  budget: Budget,
): Precedence | "circle" | "gave-up" {
  const guesses: Guess[] = [];
  let order = begin;
  let open = propagate(order, choices, budget);
  for (let wrong = 0; ; ) {
    if (open === "circle") {
      // The last guess was wrong: the other edge of that choice is certain.
      const guess = guesses.pop();
      if (guess === undefined) return "circle";
      if (++wrong > mostWrong) return "gave-up";
      const { reader, add } = guess.open[0] as Choice;
      order = guess.order;
      open = order.add(reader, add) ? propagate(order, guess.open.slice(1), budget) : "circle";
      continue;
    }
    const [first] = open;
    if (first === undefined) return order;
    if (guesses.length * order.bytes() > mostBytes) return "gave-up";
    guesses.push({ order: order.copy(), open });
    open = order.add(first.remove, first.reader) ? propagate(order, open.slice(1), budget) : "circle";
  }
}

/** Makes the choices that are forced; what is left open. */
function propagate(
  order: Precedence,
  choices: readonly Choice[],
  budget: Budget,
): readonly Choice[] | "circle" {
  let open = choices;
  for (let before = -1; open.length !== before; ) {
    before = open.length;
    const left: Choice[] = [];
    for (const choice of open) {
      budget.step();
      const { reader, add, remove } = choice;
      if (order.has(reader, add) || order.has(remove, reader)) continue;
      const mustBeAfter = order.has(add, reader);
      const mustBeBefore = order.has(reader, remove);
      if (!mustBeAfter && !mustBeBefore) left.push(choice);
      else if (!(mustBeAfter ? order.add(remove, reader) : order.add(reader, add))) return "circle";
    }
    open = left;
  }
  return open;
}

/** An order that agrees with the relation, without unknown removals that nobody saw: positions. */
function inOrder(order: Precedence, { members, kept }: Members, list: OperationList): number[] {
  const numbers = new Map(kept.map((position, i) => [position, i]));
  const number = (position: number) => numbers.get(position) as number;
  const unseen = new Set<number>();
  for (const { remove, absent } of members) {
    if (remove === undefined || list.outcome(remove).type === "ok") continue;
    if (!absent.some((reader) => order.has(number(remove), number(reader)))) unseen.add(remove);
  }
  // What precedes an operation has all of its followers, and it as well: so it has more.
  const followers = kept.map((_, i) => order.later(i).length);
  return [...kept.keys()]
    .sort((a, b) => (followers[b] as number) - (followers[a] as number) || a - b)
    .map((i) => kept[i] as number)
    .filter((position) => !unseen.has(position));
}
