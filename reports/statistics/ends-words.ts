/** The ends of an interval in words: `9.8 ms to 15 ms`; those of a range say so: `range 9.8 ms to 15 ms`. */
import type { Interval } from "./bootstrap.ts";

export const endsWords = ({ kind, low, high }: Interval, format: (value: number) => string): string =>
  `${kind === "range" ? "range " : ""}${format(low)} to ${format(high)}`;
