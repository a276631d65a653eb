import type { History, HistoryEvent, NoticeEvent } from "../../core/history.ts";
import { isNotice } from "../../core/history.ts";

/** One part of a history while it is merged. */
interface Part {
  readonly events: History;
  /** Where each event of the part went, by its position. */
  readonly places: Float64Array;
  next: number;
}

/**
 * Merges parts of one history that were recorded by several processes of one machine, each in its own order, all on one
 * clock. Events are in order of time, those of a part in their own order; at equal times invocations come first, so that
 * no operation is before another just because their times are the same. An answer is stamped after it was received and an
 * invocation before it is sent, so an order by time never turns a real one around. Indices are given anew; those of a part
 * must count up from 0.
 */
export function mergeParts(parts: readonly History[]): HistoryEvent[] {
  const left = parts
    .filter((events) => events.length > 0)
    .map((events): Part => ({ events, places: new Float64Array(events.length), next: 0 }));
  const merged: HistoryEvent[] = [];
  while (left.length > 1) {
    const part = left.reduce((first, other) => (isBefore(headOf(other), headOf(first)) ? other : first));
    take(part, merged);
    if (part.next === part.events.length) left.splice(left.indexOf(part), 1);
  }
  for (const part of left) while (part.next < part.events.length) take(part, merged);
  return merged;
}

const headOf = ({ events, next }: Part): HistoryEvent => events[next] as HistoryEvent;

const isBefore = (a: HistoryEvent, b: HistoryEvent): boolean =>
  a.time < b.time || (a.time === b.time && a.type === "invoke" && b.type !== "invoke");

function take(part: Part, merged: HistoryEvent[]): void {
  const event = headOf(part);
  const index = merged.length;
  part.places[part.next++] = index;
  merged.push(isNotice(event) ? moved(event, index, part) : { ...event, index });
}

const moved = (notice: NoticeEvent, index: number, { places }: Part): NoticeEvent => ({
  ...notice,
  index,
  of: places[notice.of] as number,
});
