import type { Operation, Revision } from "../../core/op.ts";
import type { Change, Evidence } from "./changes.ts";

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
    this.#revisions = [...new Set(changes.map(({ revision }) => revision))];
    this.#shared = new Set(
      changes.flatMap(({ revision }, i) => (changes[i - 1]?.revision === revision ? [revision] : [])),
    );
    this.#reached = highestSoFar([
      ...changes.map((change) => ({ revision: change.revision, operation: change.shownBy, change })),
      ...states.map(({ revision, operation }) => ({ revision, operation })),
    ]);
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

function highestSoFar(all: readonly Reached[]): Reached[] {
  const highest: Reached[] = [];
  for (const reached of all.toSorted((a, b) => a.operation.returnIndex - b.operation.returnIndex))
    if (reached.revision > (highest.at(-1)?.revision ?? Number.NEGATIVE_INFINITY)) highest.push(reached);
  return highest;
}

function leastSoFar(changes: readonly Change[]): { callIndex: number; revision: Revision }[] {
  const asked = changes.flatMap(({ writer, revision }) =>
    writer === undefined ? [] : [{ callIndex: writer.callIndex, revision }],
  );
  const least: { callIndex: number; revision: Revision }[] = [];
  for (const one of asked.sort((a, b) => b.callIndex - a.callIndex))
    if (one.revision < (least.at(-1)?.revision ?? Number.POSITIVE_INFINITY)) least.push(one);
  return least;
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
