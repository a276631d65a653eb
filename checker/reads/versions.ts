import type { Json, Operation, Revision } from "../../core/op.ts";
import { type Nanos, nanos } from "../../core/time.ts";
import { canonical } from "../canonical.ts";

/**
 * A value that a key held: what one write or CAS put there, or the absence at first. Its effect happened between
 * `calledAt` and `effectBy`, both positions in the history.
 */
export interface Version {
  readonly value: Json;
  /** Absent for the initial value. */
  readonly operation?: Operation;
  readonly revision?: Revision;
  /** No effect before this event; -1 for the initial value. */
  readonly calledAt: number;
  /** The effect is in place at this event: the write's answer, or the answer of the first read that saw it. */
  readonly effectBy: number;
  /** The time of that event. */
  readonly effectTime: Nanos;
  /** The read whose answer that event is, where it is no write's. */
  readonly seenBy?: Operation;
}

/** A read that was answered, and the version that it saw. */
export interface ReadOf {
  readonly operation: Operation;
  /** Undefined where several writes (or deletes) left the value, so that its writer is not certain. */
  readonly version: Version | undefined;
}

/** The values that one key held, as far as its history shows. */
export interface KeyVersions {
  readonly key: string;
  readonly versions: readonly Version[];
  /** In order of invocation. */
  readonly reads: readonly ReadOf[];
  /** Reads of a value that no operation had been asked to write when they were answered. */
  readonly unwritten: readonly Operation[];
}

/**
 * Whether `a` certainly took effect before `b`: it was in place before `b` was requested, or the system itself ordered it
 * first. Sound where writes are linearizable: an effect is in place once its write, or any read of it, was
 * answered.
 */
export function definitelyBefore(a: Version, b: Version): boolean {
  if (a === b || b.operation === undefined) return false;
  if (a.operation === undefined || a.effectBy < b.calledAt) return true;
  return a.revision !== undefined && b.revision !== undefined && a.revision < b.revision;
}

/** The versions and reads of each key in a register's history. */
export function versionsByKey(operations: readonly Operation[], initial: Json = null): KeyVersions[] {
  const byKey = new Map<string, Operation[]>();
  for (const operation of operations) {
    const key = operation.call.key ?? "";
    const own = byKey.get(key);
    if (own === undefined) byKey.set(key, [operation]);
    else own.push(operation);
  }
  return [...byKey].map(([key, own]) => versionsOf(key, own, initial));
}

/** A version of which it is not known yet when it was first seen. */
type Draft = { -readonly [K in keyof Version]: Version[K] };

/** The versions and reads of one key, whose operations are given in order of invocation. */
export function versionsOf(key: string, operations: readonly Operation[], initial: Json = null): KeyVersions {
  const beginning = draftOf(initial, undefined);
  // Most values have one write, and need no list.
  const byValue = new Map<Json, Draft | Draft[]>([[valueKey(initial), beginning]]);
  for (const operation of operations) {
    const value = written(operation);
    if (value === undefined) continue;
    const draft = draftOf(value, operation);
    const same = byValue.get(valueKey(value));
    if (same === undefined) byValue.set(valueKey(value), draft);
    else if (Array.isArray(same)) same.push(draft);
    else byValue.set(valueKey(value), [same, draft]);
  }
  const reads: ReadOf[] = [];
  const unwritten: Operation[] = [];
  for (const operation of operations) {
    if (operation.call.f !== "read" || operation.outcome.type !== "ok") continue;
    const drafts = byValue.get(valueKey(valueRead(operation))) ?? [];
    const candidates = Array.isArray(drafts) ? narrowed(operation, drafts) : [drafts];
    const version = candidates.length === 1 ? candidates[0] : undefined;
    reads.push({ operation, version });
    if (!candidates.some(({ calledAt }) => calledAt < operation.returnIndex)) unwritten.push(operation);
    if (version === undefined || version.effectBy <= operation.returnIndex) continue;
    version.effectBy = operation.returnIndex;
    version.effectTime = operation.completedAt;
    version.seenBy = operation;
  }
  return { key, versions: [...byValue.values()].flat(), reads, unwritten };
}

/** The initial value where there is no operation. */
const draftOf = (value: Json, operation: Operation | undefined): Draft =>
  ({
    value,
    operation,
    revision: operation && revisionOf(operation),
    calledAt: operation?.callIndex ?? -1,
    effectBy: operation?.returnIndex ?? -1,
    effectTime: operation?.completedAt ?? nanos(0),
  }) as Draft;

/** A key of a `Map` for a value: the same for equal ones. Text only where the value itself will not do. */
export const valueKey = (value: Json): Json =>
  typeof value === "number" || typeof value === "boolean" || value === null ? value : canonical(value);

/**
 * The drafts that a read may have seen. A read that found its key absent saw the last delete up to its state's
 * revision, or a later one that was requested before the answer, since a state may be newer than its revision says. This
 * is known where each delete has a revision.
 */
function narrowed(read: Operation, drafts: readonly Draft[]): readonly Draft[] {
  const state = revisionOf(read);
  if (drafts.length < 2 || state === undefined || valueRead(read) !== null) return drafts;
  const later: Draft[] = [];
  let last: { readonly draft: Draft; readonly revision: Revision } | undefined;
  for (const draft of drafts) {
    const revision = draft.operation === undefined ? Number.NEGATIVE_INFINITY : revisionOf(draft.operation);
    if (revision === undefined) return drafts;
    if (revision > state && (draft.operation?.callIndex ?? 0) < read.returnIndex) later.push(draft);
    if (revision <= state && (last === undefined || revision > last.revision)) last = { draft, revision };
  }
  return last === undefined ? later : [last.draft, ...later];
}

const revisionOf = ({ outcome }: Operation): Revision | undefined =>
  outcome.type === "ok" ? outcome.output.revision : undefined;

/** The value that the operation wrote or may have written, null for a delete; undefined where it certainly wrote none. */
export function written({ call, outcome }: Operation): Json | undefined {
  if (outcome.type === "fail") return undefined;
  if (call.f === "write") return call.value ?? null;
  if (call.f === "cas") return (call.value as readonly Json[])[1] ?? null;
  // A delete that found nothing changed nothing.
  if (call.f === "delete") return outcome.type === "ok" && outcome.output.value === false ? undefined : null;
  return undefined;
}

export const valueRead = ({ outcome }: Operation): Json =>
  outcome.type === "ok" ? (outcome.output.value ?? null) : null;
