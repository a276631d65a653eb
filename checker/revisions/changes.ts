/**
 * What a history proves about the order that the system itself gives to its changes: which change has which revision,
 * which states were read, and which operations may have removed a key at a revision that nobody knows.
 */
import type { Json, Operation, Revision, RevisionScope } from "../../core/op.ts";
import { canonical } from "../canonical.ts";
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
  const writers = new Writers(operations, initial);
  const drafts = new Map<string, Draft[]>();
  const sightings = operations.map(sightingOf).filter((sighting) => sighting !== undefined);
  for (const sighting of sightings) if (!sighting.isRead) add(drafts, sighting, writers);
  for (const sighting of sightings) if (sighting.isRead) add(drafts, sighting, writers);
  return {
    changes: [...drafts.values()].flat().sort((a, b) => a.revision - b.revision),
    states: operations.map((operation) => stateOf(operation, scope)).filter((state) => state !== undefined),
    unplacedRemovals: unplacedRemovals(operations),
  };
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
  /** By key and value; undefined where several operations wrote it, or where it was there at first. */
  readonly #byKey = new Map<string, Map<Json, Operation | undefined>>();

  constructor(operations: readonly Operation[], initial: Json) {
    const beginning = valueKey(initial);
    for (const operation of operations) {
      const put = written(operation);
      if (put === undefined) continue;
      const value = valueKey(put);
      let own = this.#byKey.get(keyOf(operation));
      if (own === undefined) {
        own = new Map([[beginning, undefined]]);
        this.#byKey.set(keyOf(operation), own);
      }
      own.set(value, own.has(value) ? undefined : operation);
    }
  }

  /** Undefined where several wrote the value, where it was there at first, and where nobody is known to have written it. */
  of(key: string, value: Json): Operation | undefined {
    return this.#byKey.get(key)?.get(valueKey(value));
  }
}

/** A change that an operation's answer shows: its own, or the last one of the key that it read. */
interface Sighting {
  readonly operation: Operation;
  readonly revision: Revision;
  readonly value: Json;
  readonly isRead: boolean;
}

function sightingOf(operation: Operation): Sighting | undefined {
  if (operation.outcome.type !== "ok") return undefined;
  if (operation.call.f === "read") {
    const { modRevision } = operation.outcome.output;
    const value = valueRead(operation);
    // The absence of a key does not show which change removed it.
    if (modRevision === undefined || value === null) return undefined;
    return { operation, revision: modRevision, value, isRead: true };
  }
  const revision = acknowledgedAt(operation);
  return revision === undefined
    ? undefined
    : { operation, revision, value: written(operation) ?? null, isRead: false };
}

type Draft = { -readonly [K in keyof Change]: Change[K] };

/** Answers of writes come first, so that a read is matched with the change that it saw, even where others wrote its value. */
function add(
  drafts: Map<string, Draft[]>,
  { operation, revision, value, isRead }: Sighting,
  writers: Writers,
): void {
  const key = keyOf(operation);
  const name = `${revision} ${canonical(value)} ${key}`;
  let known = drafts.get(name);
  if (known === undefined) {
    known = [];
    drafts.set(name, known);
  }
  const [seen] = known;
  if (!isRead || seen === undefined) {
    const writer = isRead ? writers.of(key, value) : operation;
    const lastsUntil = isRead ? stateRevision(operation, revision) : revision;
    // Two writes that were given the same revision stay two changes, even of the same value.
    known.push({ key, revision, value, writer, isAcknowledged: !isRead, shownBy: operation, lastsUntil });
    return;
  }
  seen.lastsUntil = Math.max(seen.lastsUntil, stateRevision(operation, revision));
  if (operation.returnIndex < seen.shownBy.returnIndex) seen.shownBy = operation;
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
