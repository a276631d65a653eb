/** The changes that each watch is about, in their order, and where it begins. */
import type { Revision } from "../../../core/op.ts";
import { follows, type Target, type Watched } from "../watched.ts";
import { type Change, mayHaveExisted, type Truth } from "./truth.ts";

/** The changes of what a watch follows. */
export interface Due {
  /** In order of revision. */
  readonly changes: readonly Change[];
  /** For each position the earliest time at which a change from there on was known. */
  readonly knownFrom: Float64Array;
}

export class Expected {
  readonly #truth: Truth;
  readonly #byKey = new Map<string, Change[]>();
  readonly #lists = new Map<string, Due>();

  constructor(truth: Truth) {
    this.#truth = truth;
    for (const change of truth.changes) {
      const own = this.#byKey.get(change.key);
      if (own === undefined) this.#byKey.set(change.key, [change]);
      else own.push(change);
    }
  }

  of(target: Target): Due {
    const name = JSON.stringify(target);
    const known = this.#lists.get(name);
    if (known !== undefined) return known;
    const changes =
      "key" in target
        ? (this.#byKey.get(target.key) ?? [])
        : this.#truth.changes.filter(({ key }) => follows(target, key));
    const due = { changes, knownFrom: leastFrom(changes) };
    this.#lists.set(name, due);
    return due;
  }
}

/**
 * The first revision that the watch may report. -Infinity where nothing says at which state of its node it began: the node
 * may be behind, so that even what was acknowledged long before is new to it.
 */
export const startOf = ({ from, confirmed }: Watched): Revision =>
  from ?? (confirmed?.revision === undefined ? Number.NEGATIVE_INFINITY : confirmed.revision + 1);

/** Whether the watch must report the change, if it gets that far: it certainly happened, and not before the watch began. */
export function isOwed(change: Change, { from, confirmed }: Watched): boolean {
  if (!change.isCertain) return false;
  if (from !== undefined || confirmed?.revision !== undefined) return true;
  return change.calledAt > (confirmed?.index ?? Number.POSITIVE_INFINITY);
}

/** Whether a notice `f` describes the change: a key that may or may not have existed can be created or overwritten. */
export function describes(f: string, change: Change, index: number): boolean {
  if (change.value === null) return f === "delete";
  if (f === "create") return change.previous === null || change.doubts.some(({ value }) => value === null);
  return f === "put" && mayHaveExisted(change, index);
}

function leastFrom(changes: readonly Change[]): Float64Array {
  const least = new Float64Array(changes.length);
  let next = Number.POSITIVE_INFINITY;
  for (let i = changes.length - 1; i >= 0; i--) {
    next = Math.min(next, changes[i]?.known.time ?? next);
    least[i] = next;
  }
  return least;
}

/** The first position below `length` from which on `holds`; `length` if there is none. */
export function firstPosition(length: number, holds: (position: number) => boolean): number {
  let from = 0;
  let to = length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
