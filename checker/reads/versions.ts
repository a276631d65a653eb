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

interface Draft {
  readonly value: Json;
  readonly operation?: Operation;
  effectBy: number;
  effectTime: Nanos;
  seenBy?: Operation;
}

function versionsOf(key: string, operations: readonly Operation[], initial: Json): KeyVersions {
  const beginning: Draft = { value: initial, effectBy: -1, effectTime: nanos(0) };
  const drafts = new Map<string, Draft[]>([[canonical(initial), [beginning]]]);
  for (const operation of operations) {
    const value = written(operation);
    if (value === undefined) continue;
    const draft = { value, operation, effectBy: operation.returnIndex, effectTime: operation.completedAt };
    const same = drafts.get(canonical(value));
    if (same === undefined) drafts.set(canonical(value), [draft]);
    else same.push(draft);
  }
  const answered = operations.filter(({ call, outcome }) => call.f === "read" && outcome.type === "ok");
  const saw = answered.map((operation) => ({
    operation,
    drafts: narrowed(operation, drafts.get(canonical(valueRead(operation))) ?? []),
  }));
  for (const { operation, drafts: candidates } of saw) {
    const [only] = candidates;
    if (only === undefined || candidates.length > 1 || only.effectBy <= operation.returnIndex) continue;
    only.effectBy = operation.returnIndex;
    only.effectTime = operation.completedAt;
    only.seenBy = operation;
  }
  const finished = new Map([...drafts.values()].flat().map((draft) => [draft, finish(draft)]));
  const mayHaveSeen = (draft: Draft, read: Operation) =>
    (draft.operation?.callIndex ?? -1) < read.returnIndex;
  return {
    key,
    versions: [...finished.values()],
    reads: saw.map(({ operation, drafts: candidates }) => {
      const [only] = candidates;
      const version = candidates.length === 1 && only !== undefined ? finished.get(only) : undefined;
      return { operation, version };
    }),
    unwritten: saw
      .filter(
        ({ operation, drafts: candidates }) => !candidates.some((draft) => mayHaveSeen(draft, operation)),
      )
      .map(({ operation }) => operation),
  };
}

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

function finish({ value, operation, effectBy, effectTime, seenBy }: Draft): Version {
  const revision = operation && revisionOf(operation);
  return {
    value,
    ...(operation !== undefined && { operation }),
    ...(revision !== undefined && { revision }),
    calledAt: operation?.callIndex ?? -1,
    effectBy,
    effectTime,
    ...(seenBy !== undefined && { seenBy }),
  };
}

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
