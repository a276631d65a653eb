/**
 * What lasted until a fault was healed. Such a time is a lower bound: without the heal it would have gone on, nobody knows for how
 * long, and it must not look like a recovery.
 */
import type { FaultWindow } from "../../core/fault.ts";
import { millis, type Nanos, nanos } from "../../core/time.ts";
import type { Outage, Outages } from "./availability.ts";
import { firstFrom } from "./measure.ts";

/**
 * How long a heal is taken to have lasted in a run that does not say when it began: what came this soon before the fault's end
 * counts as ended by the heal. But it is at most a quarter of the fault.
 */
const longestHeal = millis(100);

/** When the heal of a fault began. */
export const healBegan = ({ from, to, healed }: Pick<FaultWindow, "from" | "to" | "healed">): Nanos =>
  healed ?? nanos(to - Math.min(longestHeal, Math.round((to - from) / 4)));

/** Which outages lasted until the heal, so that it may be what ended them: of any operations, of writes, of reads. */
export interface UntilHealed {
  readonly any: boolean;
  readonly writes: boolean;
  readonly reads: boolean;
}

/** Looks up what was out when the heal of a fault began. Outages that are shorter than `least` are none. */
export function outAtHeal(
  { all, writes, reads }: Outages,
  least: number,
): (fault: FaultWindow) => UntilHealed {
  const [any, ofWrites, ofReads] = [all, writes, reads].map((periods) => outAt(periods, least));
  return (fault) => ({
    any: any?.(fault) === true,
    writes: ofWrites?.(fault) === true,
    reads: ofReads?.(fault) === true,
  });
}

/** A shorter outage after a longer one that ended is a pause: clients were served again. */
const leastAgain = millis(300);

/** An answer that came in the very moment of the heal may be due to it. */
function outAt(periods: readonly Outage[], least: number): (fault: FaultWindow) => boolean {
  const ends = Float64Array.from(periods, ({ to }) => to);
  return (fault) => {
    const at = healBegan(fault);
    const last = firstFrom(ends, at);
    const period = periods[last];
    if (period === undefined || period.from >= at) return false;
    const length = period.to - period.from;
    if (length < least) return false;
    const before = periods.slice(firstFrom(ends, fault.from), last);
    return length >= leastAgain || before.every(({ from, to }) => to - from <= length);
  };
}

/** A time, and whether it was cut short by the heal. */
export interface HealedTime {
  readonly value: number;
  readonly untilHealed: boolean;
}

/** A figure is no lower bound if it could be higher by no more than this. */
const negligible = 1.05;

/**
 * A figure that cannot fall if one of the times grows, such as a median, and whether it is a lower bound: it would be higher, by more
 * than a twentieth, if the times that were cut short had never ended.
 */
export function lowerBound(
  times: readonly HealedTime[],
  figure: (values: readonly number[]) => number,
): HealedTime {
  const value = figure(times.map((time) => time.value));
  const most = figure(times.map((time) => (time.untilHealed ? Number.POSITIVE_INFINITY : time.value)));
  return { value, untilHealed: most > value * negligible };
}

/** `1.23 s`, `≥ 4.02 s`: with a mark if it is a lower bound. */
export const healedWords = ({ value, untilHealed }: HealedTime, format: (value: number) => string): string =>
  untilHealed && Number.isFinite(value) ? `≥\u202f${format(value)}` : format(value);
