/** The rate of an open load over time: constant, or in parts that are equally long and each rise, fall or stay level. */
import type { Load, OpenLoad, RatePart } from "../run.ts";

/** A span in which the rate changes evenly. Seconds from the begin of the load, operations per second. */
interface Span extends RatePart {
  readonly begin: number;
  /** Infinite for the last. */
  readonly length: number;
}

/** The parts of a load that has none, and of one that has: they share the main phase. After it the last rate goes on. */
function spansOf({ rate, parts, seconds }: OpenLoad): readonly Span[] {
  if (parts === undefined) return [{ from: rate, to: rate, begin: 0, length: Number.POSITIVE_INFINITY }];
  const length = seconds / parts.length;
  const last = parts.at(-1)?.to ?? rate;
  return [
    ...parts.map((part, i) => ({ ...part, begin: i * length, length })),
    { from: last, to: last, begin: seconds, length: Number.POSITIVE_INFINITY },
  ];
}

/** Operations that are requested in the first `time` seconds of a span. */
const within = ({ from, to, length }: Span, time: number): number =>
  from * time + (Number.isFinite(length) ? ((to - from) / length / 2) * time * time : 0);

/** Operations that are requested in the first `time` seconds of a load: the integral of its rate. */
export function requestedUntil(load: OpenLoad, time: number): number {
  return spansOf(load)
    .filter(({ begin }) => begin < time)
    .reduce((sum, span) => sum + within(span, Math.min(span.length, time - span.begin)), 0);
}

/** The inverse of `requestedUntil`: the second of a load in which that many operations have been requested, fractions included. */
export function secondsUntil(load: OpenLoad): (count: number) => number {
  let before = 0;
  const spans = spansOf(load).map((span) => {
    const first = before;
    before += within(span, span.length);
    return { span, first };
  });
  return (count) => {
    const found = spans.findLast(({ first }) => first <= count) ?? spans[0];
    return found === undefined ? 0 : found.span.begin + timeFor(found.span, count - found.first);
  };
}

/** Seconds into a span until `count` operations of it were requested. */
function timeFor({ from, to, length }: Span, count: number): number {
  if (from === to) return count / from;
  const slope = (to - from) / length;
  // The root of slope / 2 t² + from t = count, written so that a slope near 0 loses no digits.
  return (2 * count) / (from + Math.sqrt(Math.max(0, from * from + 2 * slope * count)));
}

/** Operations per second of parts that are equally long, on average. */
export const meanRate = (parts: readonly RatePart[]): number =>
  parts.reduce((sum, { from, to }) => sum + (from + to) / 2, 0) / parts.length;

/** Fewer steps than this are no curve. */
const leastSteps = 3;

/** Whether a load is a sweep: level steps, each higher than the one before. */
export const isSweep = (load: Load): load is OpenLoad & { readonly parts: readonly RatePart[] } =>
  load.kind === "open" &&
  load.parts !== undefined &&
  load.parts.length >= leastSteps &&
  load.parts.every(({ from, to }, i) => from === to && (i === 0 || from > (load.parts?.[i - 1]?.to ?? 0)));

/** The highest rate of a load, operations per second. */
export const highestRate = ({ rate, parts }: Pick<OpenLoad, "rate" | "parts">): number =>
  parts === undefined ? rate : Math.max(...parts.flatMap(({ from, to }) => [from, to]));

/** The same load at `factor` times the rate, in whole operations per second, at least 1. */
export function scaled(load: OpenLoad, factor: number): OpenLoad {
  const to = (rate: number) => Math.max(1, Math.round(rate * factor));
  if (load.parts === undefined) return { ...load, rate: to(load.rate) };
  const parts = load.parts.map((part) => ({ from: to(part.from), to: to(part.to) }));
  return { ...load, parts, rate: meanRate(parts) };
}

/** The rate over time as points of a line, second and rate: it jumps where two have the same second. Ends at `end`. */
export function rateLine(load: OpenLoad, end: number): readonly (readonly [second: number, rate: number])[] {
  return spansOf(load)
    .filter(({ begin }) => begin < end)
    .flatMap(({ begin, length, from, to }) => {
      const lasting = Math.min(length, end - begin);
      const last = Number.isFinite(length) ? from + ((to - from) * lasting) / length : to;
      return [
        [begin, from],
        [begin + lasting, last],
      ] as const;
    });
}

/** `500`, `100..1000`, `100,200,400`: as `--rate` takes it. */
export const rateText = ({ rate, parts }: Pick<OpenLoad, "rate" | "parts">): string =>
  parts === undefined
    ? `${rate}`
    : parts.map(({ from, to }) => (from === to ? `${from}` : `${from}..${to}`)).join(",");
