import { exactTimes } from "../../core/codec/exact-json.ts";
import type { HistoryEvent } from "../../core/history.ts";
import { type Nanos, nanos } from "../../core/time.ts";
import { eventTime } from "../untimed.ts";

/**
 * Times of the events of a history from how they were written: some, all or none of them. An event without one has that of the event
 * before, the first ones have 0.
 */
export class Times {
  /** The last one that was written. */
  #last: number | string | undefined;
  /** How many events came before the first one. */
  #before = 0;
  /** All of them, from the moment on at which one is not exact as a number. */
  #written: (number | string)[] | undefined;

  /** The time of the event that follows `events`, as far as it is known by now. */
  next(time: number | string | undefined, events: readonly HistoryEvent[]): Nanos {
    const index = events.length;
    if (time !== undefined) {
      if (this.#last === undefined) this.#before = index;
      this.#last = time;
    }
    if (typeof time === "string")
      this.#written ??= events.map((event, i) => (i < this.#before ? 0 : event.time));
    this.#written?.push(this.#last as number | string);
    return typeof this.#last === "number" ? nanos(this.#last) : eventTime(index);
  }

  /** Gives all `events` their times. */
  settle(events: readonly HistoryEvent[]): void {
    if (this.#last === undefined) return;
    const set = (index: number, time: number) => {
      (events[index] as { time: Nanos }).time = nanos(time);
    };
    if (this.#written !== undefined) {
      const { times } = exactTimes(this.#written);
      for (const [index, time] of times.entries()) set(index, time);
    } else for (let index = 0; index < this.#before; index++) set(index, 0);
  }
}
