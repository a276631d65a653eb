/**
 * What truly changed, as far as a history proves it: each change of a key at its place in the system's order. Answers of
 * writes say where most are; a write without an answer is placed only where somebody saw it.
 */
import { type History, operations } from "../../../core/history.ts";
import type { Json, Operation, Revision } from "../../../core/op.ts";
import type { Nanos } from "../../../core/time.ts";
import type { WatchContract } from "../../../core/watch.ts";
import { same } from "../../canonical.ts";
import type { Watched } from "../watched.ts";
import { type Attempt, attemptsOf, type Effect } from "./effects.ts";
import { placeAttempts } from "./sightings.ts";

/** A change of a key. */
export interface Change {
  readonly key: string;
  readonly revision: Revision;
  /** null: the key was removed. */
  readonly value: Json;
  /** What the key held before, as far as is known (null: it did not exist); see `doubts`. */
  readonly previous: Json;
  /** False where the removal may have found nothing: watchers may receive it, or not. */
  readonly isCertain: boolean;
  /** The operation that made it; undefined where it may be one of several. */
  readonly operation: Operation | undefined;
  /** No operation that may have made it was invoked before this event. */
  readonly calledAt: number;
  /** The answer that acknowledged it, or the first event that showed it. */
  readonly known: { readonly index: number; readonly time: Nanos };
  /** Attempts to change the key of which nobody knows where they are, if they happened: one of them may be just before it. */
  readonly doubts: readonly Effect[];
}

export type ChangeKind = "create" | "put" | "delete";

export const kindOf = ({ value, previous }: Change): ChangeKind =>
  value === null ? "delete" : previous === null ? "create" : "put";

/** Whether the key may have held `value` (null: not existed) just before the change, as far as was known at `index`. */
export const mayFollow = ({ previous, doubts }: Change, value: Json, index: number): boolean =>
  same(previous, value) ||
  doubts.some((effect) => effect.attempt.operation.callIndex < index && same(effect.value, value));

/** Whether the key may have existed just before the change. */
export const mayHaveExisted = ({ previous, doubts }: Change, index: number): boolean =>
  previous !== null ||
  doubts.some((effect) => effect.attempt.operation.callIndex < index && effect.value !== null);

export interface Truth {
  /** In order of revision. */
  readonly changes: readonly Change[];
  /** Attempts without a place, by key. */
  readonly doubts: ReadonlyMap<string, readonly Effect[]>;
  /** In order of invocation. */
  readonly attempts: readonly Attempt[];
  /** In order of invocation. */
  readonly operations: readonly Operation[];
}

export function truthOf(history: History, watches: readonly Watched[]): Truth {
  const all = operations(history);
  const attempts = attemptsOf(all);
  const seesChange = new Set(
    watches.flatMap(({ promise, invoked }) => (seesRevisions(promise.contract) ? [invoked.index] : [])),
  );
  const isChange = new Set(["create", "put", "delete", "state"]);
  const { placed, sawRemoval } = placeAttempts(
    attempts,
    history,
    ({ of, f }) => isChange.has(f) && seesChange.has(of),
  );
  const located = [
    ...attempts.flatMap((attempt) => locatedBy(attempt, sawRemoval)),
    ...placed.map(
      (one): Located => ({
        ...one,
        known: one.seen,
        operation: undefined,
        mayFindNothing: false,
        isSeen: true,
      }),
    ),
  ];
  const doubts = grouped(
    attempts.flatMap((attempt) => (attempt.revision === undefined ? attempt.effects : [])),
  );
  const changes = [...grouped(located)].flatMap(([key, own]) => changesOf(own, doubts.get(key) ?? []));
  return { changes: changes.sort((a, b) => a.revision - b.revision), doubts, attempts, operations: all };
}

/** Whether the revisions of what a watch reports are those of changes of keys. */
const seesRevisions = (contract: WatchContract): boolean =>
  contract === "every-event" || contract === "one-shot";

/** A change, or a removal that may have found nothing. */
interface Located extends Pick<Change, "key" | "revision" | "value" | "operation" | "calledAt" | "known"> {
  readonly mayFindNothing: boolean;
  /** Whether somebody saw it, where it may have found nothing. */
  readonly isSeen: boolean;
}

function locatedBy(
  { operation, effects, revision, seen, mayFindNothing }: Attempt,
  sawRemoval: (key: string, revision: Revision) => boolean,
): Located[] {
  if (revision === undefined) return [];
  const known = seen ?? { index: operation.returnIndex, time: operation.completedAt };
  return effects.map(({ key, value }) => ({
    key,
    revision,
    value,
    operation,
    calledAt: operation.callIndex,
    known,
    mayFindNothing: value === null && mayFindNothing,
    isSeen: value === null && mayFindNothing && sawRemoval(key, revision),
  }));
}

/** The changes of one key. */
function changesOf(located: readonly Located[], doubts: readonly Effect[]): Change[] {
  let held: Json = null;
  let reached: Revision | undefined;
  return located
    .toSorted((a, b) => a.revision - b.revision || Number(a.mayFindNothing) - Number(b.mayFindNothing))
    .flatMap(({ key, revision, value, operation, calledAt, known, mayFindNothing, isSeen }) => {
      // A transaction that removed nothing is answered with the revision of the change before it.
      if (mayFindNothing && revision === reached) return [];
      // Where several operations wrote the value, it may have been placed once for itself and once with its transaction.
      if (revision === reached && same(value, held)) return [];
      const previous = held;
      held = value;
      reached = revision;
      const isOpen = mayFindNothing && !isSeen;
      // Without a doubt, what is not there cannot be removed.
      if (isOpen && previous === null && doubts.length === 0) return [];
      const isCertain = !isOpen || doubts.length === 0;
      return [{ key, revision, value, previous, isCertain, operation, calledAt, known, doubts }];
    });
}

function grouped<T extends { readonly key: string }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.key);
    if (group === undefined) groups.set(item.key, [item]);
    else group.push(item);
  }
  return groups;
}
