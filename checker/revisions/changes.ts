/**
 * What a history proves about the order that the system itself gives to its changes: which change has which revision,
 * which states were read, and which operations may have removed a key at a revision that nobody knows.
 */
import type { Json, Operation, Revision, RevisionScope } from "../../core/op.ts";
import { valueKey, valueRead, written } from "../reads/versions.ts";

/** A change of a key at a known place in the system's order. */
export interface Change {
  readonly key: string;
  readonly revision: Revision;
  /** null: the key was removed. */
  readonly value: Json;
  /** The operation whose change it is; undefined where several may have made it, or none that is known. */
  readonly writer: Operation | undefined;
  /** The writer's answer has the revision. */
  readonly isAcknowledged: boolean;
  /** The first operation whose answer shows the change: the writer itself, or a read. */
  readonly shownBy: Operation;
  /** The highest revision of a state in which the key still had this value; at least `revision`. */
  readonly lastsUntil: Revision;
}

/** A state of one key that a read returned. */
export interface StateRead {
  readonly operation: Operation;
  readonly key: string;
  readonly revision: Revision;
  /** The revision of the key's last change in that state; undefined: the key was absent. */
  readonly modRevision: Revision | undefined;
}

export interface Evidence {
  /** In order of revision. */
  readonly changes: readonly Change[];
  /** Reads whose revision is that of a state: in the scope `key` these are the reads of absent keys. */
  readonly states: readonly StateRead[];
  /** Operations that removed a key, or may have, at a revision that their answer does not give; by key. */
  readonly unplacedRemovals: ReadonlyMap<string, readonly Operation[]>;
}

export function evidenceOf(
  operations: readonly Operation[],
  scope: RevisionScope,
  initial: Json = null,
): Evidence {
  const writers = writersOf(operations, initial);
  const drafts = new Map<Revision, Draft[]>();
  for (const operation of operations) if (operation.call.f !== "read") addWrite(drafts, operation);
  const states: StateRead[] = [];
  for (const operation of operations) {
    if (operation.call.f !== "read") continue;
    addRead(drafts, operation, writers);
    const state = stateOf(operation, scope);
    if (state !== undefined) states.push(state);
  }
  return {
    changes: inOrder(drafts),
    states,
    unplacedRemovals: unplacedRemovals(operations),
  };
}

function inOrder(drafts: ReadonlyMap<Revision, readonly Draft[]>): Change[] {
  const changes: Change[] = [];
  for (const atRevision of drafts.values()) changes.push(...atRevision);
  return changes.sort((a, b) => a.revision - b.revision);
}

export const keyOf = ({ call }: Operation): string => call.key ?? "";

/** The revision that an answered write, CAS or delete was given; undefined where it changed nothing or none was reported. */
export function acknowledgedAt(operation: Operation): Revision | undefined {
  if (operation.outcome.type !== "ok" || written(operation) === undefined) return undefined;
  // A delete that does not say what it found may have found nothing; its revision is then that of another change.
  if (operation.call.f === "delete" && operation.outcome.output.value !== true) return undefined;
  return operation.outcome.output.revision;
}

/** The one operation that wrote each value of a key. */
export class Writers {
  /** The operations that alone wrote their value: see `numberOf`. */
  readonly writes: readonly Operation[];
  /** Numbers by key and value; `noWriter` where several operations wrote it, or where it was there at first. */
  readonly #byKey = new Map<string, Map<Json, number>>();

  constructor(operations: readonly Operation[], initial: Json) {
    const writes: Operation[] = [];
    const beginning = valueKey(initial);
    for (const operation of operations) {
      const put = written(operation);
      if (put === undefined) continue;
      const value = valueKey(put);
      let own = this.#byKey.get(keyOf(operation));
      if (own === undefined) {
        own = new Map([[beginning, noWriter]]);
        this.#byKey.set(keyOf(operation), own);
      }
      if (own.has(value)) own.set(value, noWriter);
      else own.set(value, writes.push(operation) - 1);
    }
    this.writes = writes;
  }

  /** Undefined where several wrote the value, where it was there at first, and where nobody is known to have written it. */
  of(key: string, value: Json): Operation | undefined {
    return this.writes[this.numberOf(key, value)];
  }

  /** Where the operation is among the `writes`; -1 where there is none. */
  numberOf(key: string, value: Json): number {
    return this.#byKey.get(key)?.get(valueKey(value)) ?? noWriter;
  }
}

const noWriter = -1;

/** The writers of some operations; made once, because several checkers ask for them. */
export function writersOf(operations: readonly Operation[], initial: Json): Writers {
  const beginning = valueKey(initial);
  const known = made.get(operations);
  if (known?.beginning === beginning) return known.writers;
  const writers = new Writers(operations, initial);
  made.set(operations, { beginning, writers });
  return writers;
}

const made = new WeakMap<readonly Operation[], { readonly beginning: Json; readonly writers: Writers }>();

type Draft = { -readonly [K in keyof Change]: Change[K] };

/**
 * Adds the change that the answer of a write shows. All writes come first, so that a read is matched with the change that it
 * saw, even where others wrote its value.
 */
function addWrite(drafts: Map<Revision, Draft[]>, operation: Operation): void {
  const revision = acknowledgedAt(operation);
  if (revision === undefined) return;
  const key = keyOf(operation);
  const value = written(operation) ?? null;
  const isAcknowledged = true;
  const draft = {
    key,
    revision,
    value,
    writer: operation,
    isAcknowledged,
    shownBy: operation,
    lastsUntil: revision,
  };
  const known = drafts.get(revision);
  if (known === undefined) {
    drafts.set(revision, [draft]);
    return;
  }
  // Two writes that were given the same revision stay two changes, even of the same value: next to each other, then.
  const same = known.findLastIndex(isOf(key, value));
  known.splice(same < 0 ? known.length : same + 1, 0, draft);
}

/** Adds the last change of the key that the answer of a read shows, or what the read says about a known one. */
function addRead(drafts: Map<Revision, Draft[]>, operation: Operation, writers: Writers): void {
  if (operation.outcome.type !== "ok") return;
  const { modRevision: revision } = operation.outcome.output;
  const value = valueRead(operation);
  // The absence of a key does not show which change removed it.
  if (revision === undefined || value === null) return;
  const key = keyOf(operation);
  const lastsUntil = stateRevision(operation, revision);
  const known = drafts.get(revision);
  const seen = known?.find(isOf(key, value));
  if (seen === undefined) {
    const writer = writers.of(key, value);
    const draft = { key, revision, value, writer, isAcknowledged: false, shownBy: operation, lastsUntil };
    if (known === undefined) drafts.set(revision, [draft]);
    else known.push(draft);
    return;
  }
  seen.lastsUntil = Math.max(seen.lastsUntil, lastsUntil);
  if (operation.returnIndex < seen.shownBy.returnIndex) seen.shownBy = operation;
}

/** Whether a change is one of that key to that value. */
function isOf(key: string, value: Json): (change: Change) => boolean {
  const wanted = valueKey(value);
  return (change) => change.key === key && valueKey(change.value) === wanted;
}

/** The revision of the state that a read saw a change in; that of the change where nothing more is known. */
function stateRevision({ outcome }: Operation, atLeast: Revision): Revision {
  const revision = outcome.type === "ok" ? outcome.output.revision : undefined;
  return Math.max(atLeast, revision ?? atLeast);
}

function stateOf(operation: Operation, scope: RevisionScope): StateRead | undefined {
  if (operation.call.f !== "read" || operation.outcome.type !== "ok") return undefined;
  const { revision, modRevision } = operation.outcome.output;
  const isAbsent = valueRead(operation) === null;
  if (revision === undefined || (!isAbsent && (scope === "key" || modRevision === undefined)))
    return undefined;
  return { operation, key: keyOf(operation), revision, modRevision: isAbsent ? undefined : modRevision };
}

function unplacedRemovals(operations: readonly Operation[]): Map<string, Operation[]> {
  const removals = new Map<string, Operation[]>();
  for (const operation of operations) {
    if (written(operation) !== null || acknowledgedAt(operation) !== undefined) continue;
    const key = keyOf(operation);
    const own = removals.get(key);
    if (own === undefined) removals.set(key, [operation]);
    else own.push(operation);
  }
  return removals;
}
