/**
 * The values that keys held, as intervals of the history: for watches that report states. Each value took effect between its
 * operation's invocation and the first event that shows it. Where the order of two is certain, a watcher may not see them in
 * the other one.
 */
import { type History, isNotice } from "../../../core/history.ts";
import type { Json, Revision } from "../../../core/op.ts";
import { type Nanos, nanos } from "../../../core/time.ts";
import { canonical } from "../../canonical.ts";
import { firstPosition } from "./expected.ts";
import type { Truth } from "./truth.ts";

export interface Version {
  readonly key: string;
  /** null: the key did not exist. */
  readonly value: Json;
  /** No effect before this event; -1 for the absence at first. */
  readonly calledAt: number;
  /** In place at this event: the answer of its operation, or the first event that shows it; Infinity: nothing does. */
  knownAt: number;
  knownTime: Nanos;
  readonly revision: Revision | undefined;
}

export class KeyVersions {
  /** In order of invocation. */
  readonly all: readonly Version[];
  readonly #byValue = new Map<string, Version[]>();
  /** For each position, the version from there on that was known first. */
  readonly #firstKnown: Version[];

  constructor(versions: readonly Version[]) {
    this.all = versions.toSorted((a, b) => a.calledAt - b.calledAt);
    for (const version of this.all) {
      const name = canonical(version.value);
      const same = this.#byValue.get(name);
      if (same === undefined) this.#byValue.set(name, [version]);
      else same.push(version);
    }
    this.#firstKnown = [...this.all];
    for (let i = this.all.length - 2; i >= 0; i--) {
      const next = this.#firstKnown[i + 1] as Version;
      if (next.knownAt < (this.#firstKnown[i] as Version).knownAt) this.#firstKnown[i] = next;
    }
  }

  /** The versions that a state may show at an event. */
  shownBy(value: Json, index: number): readonly Version[] {
    const same = this.#byValue.get(canonical(value)) ?? [];
    const [first] = same;
    if (same.length === 1 && first !== undefined) return first.calledAt < index ? same : [];
    return same.filter(({ calledAt }) => calledAt < index);
  }

  /** Of the versions that were invoked after an event, the one that was known first. */
  firstKnownAfter(index: number): Version | undefined {
    return this.#firstKnown[firstPosition(this.all.length, (i) => (this.all[i]?.calledAt ?? 0) > index)];
  }
}

/** The versions of each key that an operation or a state names. */
export function versionsOf(history: History, { attempts }: Truth): ReadonlyMap<string, KeyVersions> {
  const drafts = new Map<string, Version[]>();
  const known = new Map<string, Version[]>();
  for (const { operation, effects, revision } of attempts) {
    const isAnswered = operation.outcome.type === "ok";
    for (const { key, value } of effects) {
      const version: Version = {
        key,
        value,
        calledAt: operation.callIndex,
        knownAt: isAnswered ? operation.returnIndex : Number.POSITIVE_INFINITY,
        knownTime: isAnswered ? operation.completedAt : nanos(Number.POSITIVE_INFINITY),
        revision,
      };
      push(drafts, key, version);
      if (value !== null) push(known, nameOf(key, value), version);
    }
  }
  const show = (key: string, value: Json, { index, time }: { index: number; time: Nanos }) => {
    const [version, ...others] = known.get(nameOf(key, value)) ?? [];
    if (version === undefined || others.length > 0 || index >= version.knownAt) return;
    version.knownAt = index;
    version.knownTime = time;
  };
  for (const event of history) {
    if (isNotice(event) ? event.f !== "state" : event.type !== "ok" || event.f !== "read") continue;
    const { key, value } = event as { readonly key?: string; readonly value?: Json };
    if (value === undefined || value === null) continue;
    if (key !== undefined) show(key, value, event);
    else if (typeof value === "object" && !Array.isArray(value))
      for (const [each, held] of Object.entries(value)) show(each, held as Json, event);
  }
  return new Map(
    [...drafts].map(([key, versions]) => [key, new KeyVersions([absentAtFirst(key), ...versions])]),
  );
}

export const absentAtFirst = (key: string): Version => ({
  key,
  value: null,
  calledAt: -1,
  knownAt: -1,
  knownTime: nanos(0),
  revision: undefined,
});

const nameOf = (key: string, value: Json): string => `${canonical(value)} ${key}`;

function push<T>(groups: Map<string, T[]>, name: string, item: T): void {
  const group = groups.get(name);
  if (group === undefined) groups.set(name, [item]);
  else group.push(item);
}
