/**
 * Places the writes whose answer does not say where the system put them: at a revision at which somebody saw their
 * change. In a system that keeps its promises every sighting is true, so nothing is concluded that is not.
 */
import { type History, isNotice } from "../../../core/history.ts";
import type { Json, Revision } from "../../../core/op.ts";
import type { Nanos } from "../../../core/time.ts";
import { canonical } from "../../canonical.ts";
import type { Attempt, Effect, Sighting } from "./effects.ts";

/** A change that was seen, and that one of several attempts made. */
export interface Placed {
  readonly key: string;
  readonly value: Json;
  readonly revision: Revision;
  readonly seen: Sighting;
  /** No operation that may have made it was invoked before this event. */
  readonly calledAt: number;
}

/** What is to be seen of one key and value: the attempts that may have left it, and where it was seen. */
interface Slot {
  readonly key: string;
  readonly value: Json;
  readonly effects: Effect[];
  readonly seen: Map<Revision, Sighting>;
}

export interface Sightings {
  /** Changes that several attempts may have made. */
  readonly placed: readonly Placed[];
  /** Whether somebody saw the removal of the key at that revision, where a transaction asked for one. */
  sawRemoval(key: string, revision: Revision): boolean;
}

/** Places attempts: sets `revision` and `seen` of those that are certain. `sees`: the notices whose revision is that of a change. */
export function placeAttempts(
  attempts: readonly Attempt[],
  history: History,
  sees: (notice: { readonly of: number; readonly f: string }) => boolean,
): Sightings {
  const slots = new Slots(attempts);
  if (slots.isEmpty) return { placed: [], sawRemoval: () => false };
  for (const event of history) {
    const { key, revision } = event as { readonly key?: string; readonly revision?: Revision };
    if (key === undefined) continue;
    if (isNotice(event)) {
      const value = event.f === "delete" ? null : (event.value ?? null);
      // The revision of an absent key's state is not that of its removal.
      const isChange = value !== null || event.f === "delete";
      if (revision !== undefined && isChange && sees(event)) slots.see(key, value, revision, event);
    } else if (event.type === "ok" && isRead(event.f) && event.modRevision !== undefined)
      slots.see(key, event.value ?? null, event.modRevision, event);
  }
  // Values first: they are written once, and they place the removals of the same transaction.
  const values = slots.place((value) => value !== null);
  const removals = slots.place((value) => value === null);
  return { placed: [...values, ...removals], sawRemoval: (key, revision) => slots.saw(key, null, revision) };
}

/** The revision of a value is that of its write, whichever state was read. */
const isRead = (f: string): boolean => f === "read" || f === "read-at";

class Slots {
  readonly #byKey = new Map<string, Map<string, Slot>>();
  /** Places of values and removals whose answers say where they are, and when the first such operation was invoked. */
  readonly #known = new Map<string, number>();
  /** The same for removals that may have found nothing, so that another operation may have made the change there. */
  readonly #perhaps = new Map<string, number>();

  constructor(attempts: readonly Attempt[]) {
    for (const attempt of attempts) {
      for (const effect of attempt.effects) {
        const isConditional = effect.value === null && attempt.mayFindNothing;
        if (attempt.revision === undefined || isConditional) this.#slotOf(effect);
      }
    }
    for (const attempt of attempts) this.#note(attempt);
  }

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  see(key: string, value: Json, revision: Revision, { index, time }: { index: number; time: Nanos }): void {
    const slot = this.#slot(key, value);
    if (slot === undefined) return;
    const known = slot.seen.get(revision);
    if (known === undefined) slot.seen.set(revision, { index, time, count: 1 });
    else known.count++;
  }

  saw(key: string, value: Json, revision: Revision): boolean {
    return this.#slot(key, value)?.seen.has(revision) === true;
  }

  /** Places what was seen at a revision that no answer gives it, at most once for each attempt. */
  place(which: (value: Json) => boolean): Placed[] {
    const slots = [...this.#byKey.values()].flatMap((values) => [...values.values()]);
    return slots.filter(({ value }) => which(value)).flatMap((slot) => this.#placeSlot(slot));
  }

  #placeSlot({ key, value, effects, seen }: Slot): Placed[] {
    // A transaction that a value of it has placed has placed its removals, too.
    for (const { attempt } of effects) this.#note(attempt);
    const open = effects.filter(({ attempt }) => attempt.revision === undefined);
    const isAlone = open.length === 1;
    const first = open[0]?.attempt.operation.callIndex ?? Number.POSITIVE_INFINITY;
    const sightings = [...seen]
      .filter(([revision]) => !this.#known.has(placeOf(key, value, revision)))
      .sort(([, a], [, b]) => b.count - a.count || a.index - b.index);
    return sightings.flatMap(([revision, sighting]) => {
      // The attempt that was invoked last leaves the earlier ones, which fit every later sighting as well.
      const at = open.findLastIndex(({ attempt }) => attempt.operation.callIndex < sighting.index);
      if (at < 0) return [];
      const other = this.#perhaps.get(placeOf(key, value, revision)) ?? Number.POSITIVE_INFINITY;
      const placed = { key, value, revision, seen: sighting, calledAt: Math.min(first, other) };
      if (other < sighting.index) return [placed];
      const [{ attempt }] = open.splice(at, 1) as [Effect];
      if (!isAlone) return [placed];
      attempt.revision = revision;
      attempt.seen = sighting;
      return [];
    });
  }

  /** Notes where an attempt's changes are, as far as that is known and somebody may see them. */
  #note({ revision, effects, mayFindNothing, operation }: Attempt): void {
    if (revision === undefined) return;
    // A transaction that also writes has a revision of its own.
    const places =
      mayFindNothing && effects.every(({ value }) => value === null) ? this.#perhaps : this.#known;
    for (const { key, value } of effects) {
      if (this.#slot(key, value) === undefined) continue;
      const name = placeOf(key, value, revision);
      places.set(name, Math.min(places.get(name) ?? operation.callIndex, operation.callIndex));
    }
  }

  #slot(key: string, value: Json): Slot | undefined {
    return this.#byKey.get(key)?.get(canonical(value));
  }

  #slotOf(effect: Effect): void {
    const { key, value } = effect;
    const values = this.#byKey.get(key) ?? new Map<string, Slot>();
    this.#byKey.set(key, values);
    const name = canonical(value);
    const slot = values.get(name);
    if (slot !== undefined) slot.effects.push(effect);
    else values.set(name, { key, value, effects: [effect], seen: new Map() });
  }
}

const placeOf = (key: string, value: Json, revision: Revision): string =>
  `${revision} ${canonical(value)} ${key}`;
