import { highestRate, isSweep, rateLine } from "../../core/load/rate.ts";
import type { Load, OpenLoad } from "../../core/run.ts";
import { count } from "../../core/wording.ts";
import { formatFigure } from "../numbers.ts";

/** The rate that an open load requested over time: a line through points, seconds and operations per second. */
export interface RequestedLine {
  readonly at: Float32Array;
  readonly rate: Float32Array;
}

/** The line of an open load that ended at `end`, in seconds; a closed loop requests no rate. */
export function requestedLine(load: Load | undefined, end: number): RequestedLine | undefined {
  if (load?.kind !== "open") return undefined;
  const line = rateLine(load, end);
  return {
    at: Float32Array.from(line, ([at]) => at),
    rate: Float32Array.from(line, ([, rate]) => rate),
  };
}

/** More parts than this are not listed. */
const mostListed = 4;

/**
 * The pace of an open load: `500/s`, `100 to 1,000/s`, `100, then 200, then 400/s`, `11 rates from 36 to 854/s`, `500/s (Poisson
 * arrivals)`.
 */
export const paceWords = (load: OpenLoad): string =>
  `${rateWords(load)}/s${arrivalWords(load.arrivals)}${retryWords(load)}`;

function rateWords(load: OpenLoad): string {
  const { rate, parts } = load;
  if (parts === undefined) return formatFigure(rate);
  if (isSweep(load) && parts.length > mostListed)
    return `${parts.length} rates from ${formatFigure(parts[0]?.from ?? rate)} to ${formatFigure(highestRate(load))}`;
  return parts
    .map(({ from, to }) =>
      from === to ? formatFigure(from) : `${formatFigure(from)} to ${formatFigure(to)}`,
    )
    .join(", then ");
}

export const retryWords = ({ retries = 0 }: Pick<OpenLoad, "retries">): string =>
  retries === 0 ? "" : `, ${count(retries, "retry", "retries")}`;

export const arrivalWords = (arrivals: OpenLoad["arrivals"]): string =>
  arrivals === "poisson" ? " (Poisson arrivals)" : "";

/** Whether the intervals between the operations of a load are all the same, and nothing is asked again. */
export const isEven = ({ parts, arrivals, retries = 0 }: OpenLoad): boolean =>
  parts === undefined && arrivals !== "poisson" && retries === 0;
