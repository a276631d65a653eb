import { Budget, unlimited } from "../limits.ts";
import { type Machine, mutates, noState, overwrites, type Role, reads } from "../search/machine.ts";
import type { Problem } from "../search/problem.ts";
import { timeline } from "../search/timeline.ts";
import { type Columns, cas, differs, read, replace, write } from "./columns.ts";
import { guessTimes } from "./guess.ts";

/** Bytes per operation in a problem: its numbers, its guess, its events. */
const bytesPerOperation = 70;

/**
 * The search problem of a register: its states are the numbers of its values, which `describe` puts in words.
 *
 * All values that nothing looks at are one value: no operation distinguishes them. And where nothing looks for a
 * difference either (`differs`, `replace`), an unknown operation that would set such a value is left out: after it only a write could come,
 * which could come without it.
 *
 * Throws `LimitExceeded` where the budget does not allow it.
 */
export function registerProblem(
  columns: Columns,
  describe: (value: number) => string,
  budget = new Budget(unlimited),
): Problem {
  const { size, kind, value, optional, source, valueCount } = columns;
  budget.hold(size * bytesPerOperation);
  const isSeen = seenValues(columns);
  const unseen = valueCount;
  const known = (v: number) => (isSeen[v] || v === 0 ? v : unseen);
  const anyDiffers = kind.includes(differs) || kind.includes(replace);
  const classes = new RegisterClasses(valueCount + 1);
  const kept = new Int32Array(size);
  const classOf = new Int32Array(size);
  let length = 0;
  for (let i = 0; i < size; i++) {
    budget.step();
    const sets = setBy(columns, i);
    const set = sets === noState ? noState : known(sets);
    if (optional[i] && set === unseen && !anyDiffers) continue;
    kept[length] = i;
    const looked = kind[i] === write ? 0 : (value[i] as number);
    classOf[length++] = classes.of(kind[i] as number, looked, Math.max(0, set));
  }
  const at = (i: number) => kept[i] as number;
  const guess = guessTimes(columns, budget);
  return {
    guess: {
      time: Float64Array.from({ length }, (_, i) => guess.time[at(i)] as number),
      seenUntil: Float64Array.from({ length }, (_, i) => guess.seenUntil[at(i)] as number),
    },
    source: kept.slice(0, length).map((i) => source[i] as number),
    timeline: timeline(
      {
        size: length,
        optional: Uint8Array.from({ length }, (_, i) => optional[at(i)] as number),
        callIndex: (i) => columns.callIndex[at(i)] as number,
        returnIndex: (i) => columns.returnIndex[at(i)] as number,
      },
      budget,
    ),
    classOf: classOf.slice(0, length),
    machine: classes.machine((state) => (state === unseen ? "a value that nobody read" : describe(state))),
  };
}

/** The value that an operation sets; `noState` where it sets none. */
function setBy({ kind, value, to }: Columns, i: number): number {
  if (kind[i] === write || kind[i] === replace) return value[i] as number;
  return kind[i] === cas ? (to[i] as number) : noState;
}

/** 1 for values that some operation looks at: reads, compares with, or differed from. */
function seenValues({ size, kind, value, valueCount }: Columns): Uint8Array {
  const seen = new Uint8Array(valueCount);
  for (let i = 0; i < size; i++) if (kind[i] !== write) seen[value[i] as number] = 1;
  return seen;
}

/** How many kinds of operations there are. */
const kinds = 5;

/** Numbers for operations of the same kind on the same values, and what they do. */
class RegisterClasses {
  readonly #values: number;
  readonly #ids = new Map<number, number>();
  readonly #kind: number[] = [];
  readonly #looked: number[] = [];
  readonly #set: number[] = [];

  constructor(values: number) {
    this.#values = values;
  }

  of(kind: number, looked: number, set: number): number {
    const name = (looked * this.#values + set) * kinds + kind;
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    this.#ids.set(name, this.#kind.length);
    this.#looked.push(looked);
    this.#set.push(set);
    return this.#kind.push(kind) - 1;
  }

  machine(describe: (state: number) => string): Machine {
    const kindOf = Uint8Array.from(this.#kind);
    const looked = Int32Array.from(this.#looked);
    const set = Int32Array.from(this.#set);
    return {
      init: 0,
      classes: kindOf.length,
      step(state, id) {
        const kind = kindOf[id];
        if (kind === write) return set[id] as number;
        const isEqual = state === looked[id];
        if (kind === differs) return isEqual ? noState : state;
        if (kind === replace) return isEqual ? noState : (set[id] as number);
        if (!isEqual) return noState;
        return kind === read ? state : (set[id] as number);
      },
      role: (id) => roleOf(kindOf[id] as number),
      onlyIn: (id) => (kindOf[id] === read || kindOf[id] === cas ? (looked[id] as number) : noState),
      describe,
      bytes: () => kindOf.length * 9,
    };
  }
}

function roleOf(kind: number): Role {
  if (kind === write) return overwrites;
  return kind === cas || kind === replace ? mutates : reads;
}
