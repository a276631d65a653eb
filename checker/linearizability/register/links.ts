import type { Budget } from "../limits.ts";
import { type Columns, cas, read, replace, write } from "./columns.ts";

/** No operation. */
export const none = -1;
const several = -2;

/** Who set what was seen, where that is certain. */
export interface Links {
  /** For each value that was seen, the one operation that set it; `none` for the initial value. */
  readonly setter: Int32Array;
  /** For each value, the CAS that replaced it; `none` where no CAS did. */
  readonly successor: Int32Array;
  /** 1 for operations that certainly took effect: the required ones, and unknown ones whose value was seen. */
  readonly effective: Uint8Array;
  /** For each unknown operation that took effect, the one that saw its value. */
  readonly witness: Int32Array;
}

/** Operations that no order can hold together, and why. */
export interface Contradiction {
  readonly kind: "contradiction";
  readonly why: "never-written" | "replaced-twice" | "cycle" | "out-of-order" | "torn";
  readonly operations: readonly number[];
}

/**
 * Links every value that was seen (read, or compared with by a CAS that took effect) to the operation that set it.
 * Possible where each such value was set once, and the initial one never again; `ambiguous` where not.
 *
 * An unknown operation whose value was seen took effect, since no other can have set it. One whose value was never
 * seen is left out: `effective` is about the least that must have happened.
 *
 * Contradictions are certain: a value that was seen and never set; a value, set once, that two CAS replaced.
 */
export function link(columns: Columns, budget: Budget): Links | Contradiction | "ambiguous" {
  const { kind, value, optional, valueCount, size } = columns;
  const setter = settersOf(columns);
  const successor = new Int32Array(valueCount).fill(none);
  const effective = new Uint8Array(size);
  const witness = new Int32Array(size).fill(none);
  const links = { setter, successor, effective, witness };
  const queue = new Int32Array(size);
  let queued = 0;
  const takesEffect = (operation: number) => {
    if (effective[operation]) return;
    effective[operation] = 1;
    queue[queued++] = operation;
  };
  const seesAny = (i: number) => kind[i] === read || kind[i] === cas;
  for (let i = 0; i < size; i++) {
    budget.step();
    if (optional[i]) continue;
    takesEffect(i);
    // Checked before ambiguity elsewhere, since this is certain regardless of the other values.
    const seen = value[i] as number;
    if (seen !== 0 && seesAny(i) && setter[seen] === none)
      return contradiction(columns, links, "never-written", [i]);
  }
  for (let at = 0; at < queued; at++) {
    budget.step();
    const operation = queue[at] as number;
    if (!seesAny(operation)) continue;
    const seen = value[operation] as number;
    const source = setter[seen] as number;
    if (source === several) return "ambiguous";
    if (source === none && seen !== 0) return contradiction(columns, links, "never-written", [operation]);
    if (source !== none && !effective[source]) {
      witness[source] = operation;
      takesEffect(source);
    }
    if (kind[operation] === read) continue;
    const rival = successor[seen] as number;
    if (rival !== none) return contradiction(columns, links, "replaced-twice", [source, rival, operation]);
    successor[seen] = operation;
  }
  return links;
}

/**
 * A contradiction of `operations` (`none` among them is left out), with what it takes to make sense of them: those that
 * prove that unknown ones took effect, and the setters of what was seen, back to the head of each chain. Without these
 * the others would be illegal even without the contradiction.
 */
export function contradiction(
  columns: Columns,
  { setter, witness }: Links,
  why: Contradiction["why"],
  operations: readonly number[],
): Contradiction {
  const { kind, value } = columns;
  const members = new Set<number>();
  const waiting = [...operations];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at < 0 || members.has(at)) continue;
    members.add(at);
    waiting.push(witness[at] as number);
    if (kind[at] === read || kind[at] === cas) waiting.push(setter[value[at] as number] as number);
  }
  return { kind: "contradiction", why, operations: [...members].sort((a, b) => a - b) };
}

/** For each value, the one operation that may have set it, `none` or `several`. The run's start sets the initial one. */
function settersOf({ size, kind, value, to, valueCount }: Columns): Int32Array {
  const setter = new Int32Array(valueCount).fill(none);
  for (let i = 0; i < size; i++) {
    if (kind[i] !== write && kind[i] !== replace && kind[i] !== cas) continue;
    const set = (kind[i] === cas ? to[i] : value[i]) as number;
    setter[set] = set === 0 || setter[set] !== none ? several : i;
  }
  return setter;
}
