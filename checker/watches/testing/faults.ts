/** Faults planted into recorded notices. Each returns undefined where the history has no place for it. */
import { type History, type HistoryEvent, isNotice, type NoticeEvent } from "../../../core/history.ts";
import type { Random } from "../../../core/random.ts";
import { isEvent, renumbered } from "./simulation.ts";

type Plant = (random: Random, history: History) => readonly HistoryEvent[] | undefined;

const replaced = (history: History, victim: HistoryEvent, by: readonly HistoryEvent[]): HistoryEvent[] =>
  history.flatMap((event) => (event === victim ? by : [event]));

const pick = <T>(random: Random, items: readonly T[]): T | undefined =>
  items.length === 0 ? undefined : random.pick(items);

/** Events that are followed at once by one of the same watch at another revision, or of another change, and that one. */
function neighbours(history: History): (readonly [NoticeEvent, NoticeEvent])[] {
  const last = new Map<number, NoticeEvent>();
  return history.filter(isNotice).flatMap((event) => {
    const before = last.get(event.of);
    last.set(event.of, event);
    if (before === undefined || !isEvent(event) || !isEvent(before)) return [];
    const isOther = event.revision === undefined ? differ(before, event) : before.revision !== event.revision;
    return isOther ? [[before, event] as const] : [];
  });
}

const differ = (a: NoticeEvent, b: NoticeEvent): boolean => a.key !== b.key || a.f !== b.f;

const isAlone = (history: History, event: NoticeEvent): boolean =>
  event.revision === undefined ||
  history.every(
    (one) => one === event || !isEvent(one) || one.of !== event.of || one.revision !== event.revision,
  );

/** Events with another one of the same watch after them, alone at their revision. */
const inner = (history: History): NoticeEvent[] =>
  neighbours(history).flatMap(([before]) => (isAlone(history, before) ? [before] : []));

export const plants: Readonly<Record<string, Plant>> = {
  drop(random, history) {
    const victim = pick(random, inner(history));
    return victim && replaced(history, victim, []);
  },
  duplicate(random, history) {
    const victim = pick(random, history.filter(isEvent));
    return victim && replaced(history, victim, [{ ...victim, more: true }, victim]);
  },
  swap(random, history) {
    const alone = neighbours(history).filter((pair) => pair.every((one) => isAlone(history, one)));
    const [before, after] = pick(random, alone) ?? [];
    if (before === undefined || after === undefined) return undefined;
    const as = (one: NoticeEvent, place: NoticeEvent): NoticeEvent => {
      const { more: _, ...rest } = one;
      return { ...rest, index: place.index, ...(place.more && { more: true }) };
    };
    return history.map((event) =>
      event === before ? as(after, before) : event === after ? as(before, after) : event,
    );
  },
  split(random, history) {
    const events = history.filter(isEvent);
    const victim = pick(
      random,
      events.filter((event, i) => {
        const next = events.slice(i + 1).find(({ of }) => of === event.of);
        return event.more === true && next?.revision === event.revision;
      }),
    );
    if (victim === undefined) return undefined;
    const { more: _, ...rest } = victim;
    return replaced(history, victim, [rest]);
  },
  "early progress"(random, history) {
    const victim = pick(random, inner(history));
    const { revision = 0, process, node, of, index, time } = victim ?? {};
    if (victim === undefined || process === undefined || node === undefined || of === undefined)
      return undefined;
    const head = { process, node, of, index: index ?? 0, time: time ?? victim.time, type: "notice" as const };
    const before = history.findLast((one) => isEvent(one) && one.of === of && one.index < victim.index) as
      | NoticeEvent
      | undefined;
    if (before?.more === true) return undefined;
    return replaced(history, victim, [{ ...head, f: "progress", revision }, victim]);
  },
  "late progress"(random, history) {
    const [before, after] = pick(random, neighbours(history)) ?? [];
    if (before?.revision === undefined || after === undefined || after.more === true) return undefined;
    const { process, node, of, index, time } = after;
    const progress = { process, node, of, index, time, type: "notice" as const, f: "progress" };
    return replaced(history, after, [after, { ...progress, revision: before.revision }]);
  },
  previous(random, history) {
    const victim = pick(random, history.filter(isEvent));
    return victim && replaced(history, victim, [{ ...victim, previous: "other" }]);
  },
  created(random, history) {
    const victim = pick(
      random,
      history.filter(isEvent).filter(({ f }) => f !== "delete"),
    );
    return victim && replaced(history, victim, [{ ...victim, f: victim.f === "put" ? "create" : "put" }]);
  },
  value(random, history) {
    const victim = pick(
      random,
      history.filter(isEvent).filter(({ f }) => f !== "delete"),
    );
    return victim && replaced(history, victim, [{ ...victim, value: "other" }]);
  },
  key(random, history) {
    const victim = pick(random, history.filter(isEvent));
    return victim && replaced(history, victim, [{ ...victim, key: "z", more: true }, victim]);
  },
  "below the start"(random, history) {
    const watch = pick(
      random,
      history.filter((event) => {
        const { from = 0 } =
          event.type === "invoke" && event.f === "watch" ? (event.value as { from?: number }) : {};
        return from > 1;
      }),
    );
    const first = history.find((event): event is NoticeEvent => isEvent(event) && event.of === watch?.index);
    if (watch === undefined || first === undefined) return undefined;
    const { from = 0 } = (watch as { value: { from?: number } }).value;
    return replaced(history, first, [{ ...first, revision: from - 1, more: true }, first]);
  },
};

/** The history with a fault of that name; undefined where it has no place for it. */
export function planted(name: string, random: Random, history: History): History | undefined {
  const events = plants[name]?.(random, history);
  return events && renumbered(events);
}
