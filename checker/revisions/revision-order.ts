import type { Operation, Revision } from "../../core/op.ts";
import type { Change, Evidence, StateRead } from "./changes.ts";

/** A revision that the system had reached when `operation` was answered. */
export interface Reached {
  readonly revision: Revision;
  readonly operation: Operation;
  /** The change of that revision that the answer shows; undefined: the answer is a read of a state of that revision. */
  readonly change?: Change;
}

/** The revisions that existed at each event of the history, as far as they are certain. */
export class RevisionOrder {
  /** Distinct, ascending. */
  readonly #revisions: readonly Revision[];
  readonly #shared: ReadonlySet<Revision>;
  /** The answers that showed a higher revision than every earlier one, in their order. */
  readonly #reached: readonly Reached[];
  /** The changes with a lower revision than all that were requested later, the last one first. */
  readonly #leastFrom: readonly { readonly callIndex: number; readonly revision: Revision }[];

  constructor({ changes, states }: Evidence) {
    const revisions: Revision[] = [];
    const shared = new Set<Revision>();
    for (const { revision } of changes) {
      if (revision === revisions.at(-1)) shared.add(revision);
      else revisions.push(revision);
    }
    this.#revisions = revisions;
    this.#shared = shared;
    this.#reached = highestSoFar(changes, states);
    this.#leastFrom = leastSoFar(changes);
  }

  /** The highest revision that is known to have been reached before the event. */
  before(event: number): Reached | undefined {
    const next = firstIndex(this.#reached, ({ operation }) => operation.returnIndex >= event);
    return this.#reached[next - 1];
  }

  /** The least revision of a change that was requested after the event: Infinity where there is none. */
  after(event: number): Revision {
    const next = firstIndex(this.#leastFrom, ({ callIndex }) => callIndex <= event);
    return this.#leastFrom[next - 1]?.revision ?? Number.POSITIVE_INFINITY;
  }

  /** Whether several changes have the revision. */
  isShared(revision: Revision): boolean {
    return this.#shared.has(revision);
  }

  /** Whether some revision above `low` and below `high` belongs to no known change. */
  hasFreeBetween(low: Revision, high: Revision): boolean {
    const from = firstIndex(this.#revisions, (revision) => revision > low);
    const to = firstIndex(this.#revisions, (revision) => revision >= high);
    return high - low - 1 > to - from;
  }
}

function highestSoFar(changes: readonly Change[], states: readonly StateRead[]): Reached[] {
  const answers = changes.length + states.length;
  const returns = new Float64Array(answers);
  for (const [i, change] of changes.entries()) returns[i] = change.shownBy.returnIndex;
  for (const [i, state] of states.entries()) returns[changes.length + i] = state.operation.returnIndex;
  const highest: Reached[] = [];
  let revision = Number.NEGATIVE_INFINITY;
  for (const i of ascending(returns)) {
    const change = changes[i];
    const shown = change ?? (states[i - changes.length] as StateRead);
    if (shown.revision <= revision) continue;
    revision = shown.revision;
    if (change !== undefined) highest.push({ revision, operation: change.shownBy, change });
    else highest.push({ revision, operation: (shown as StateRead).operation });
  }
  return highest;
}

function leastSoFar(changes: readonly Change[]): { callIndex: number; revision: Revision }[] {
  const asked = changes.filter(({ writer }) => writer !== undefined);
  const callsBackwards = Float64Array.from(asked, ({ writer }) => -(writer as Operation).callIndex);
  const least: { callIndex: number; revision: Revision }[] = [];
  for (const i of ascending(callsBackwards)) {
    const { revision, writer } = asked[i] as Change;
    if (revision < (least.at(-1)?.revision ?? Number.POSITIVE_INFINITY))
      least.push({ callIndex: (writer as Operation).callIndex, revision });
  }
  return least;
}

/**
 * The places of whole numbers in ascending order, equal ones in the order that they have. The native sort of numbers is ten times
 * faster than one that calls back, so each number and its place become one.
 */
function ascending(numbers: Float64Array): Float64Array {
  const count = numbers.length;
  const least = numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return numbers
    .map((number, i) => (number - least) * count + i)
    .sort()
    .map((both) => both % count);
}

/** The first index from which on `holds` is true; `items` are in an order in which it turns true once. */
export function firstIndex<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(items[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
