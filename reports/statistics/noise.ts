import type { Random } from "../../core/random.ts";
import { medianOf } from "./median.ts";

const splits = 1_000;
/** Fewer runs cannot be split into halves that have a median each worth its name. */
const fewest = 6;

/**
 * The noise floor of a figure, from its runs alone: splits them in halves at random, many times, and returns the distance
 * between the medians of two halves (0.04: 4%) that 95% of the splits do not exceed. An A/A comparison of half as many runs would
 * differ by up to this. Undefined with fewer than 6 runs, or if a median is 0.
 */
export function noiseFloor(values: readonly number[], random: Random): number | undefined {
  if (values.length < fewest) return undefined;
  const half = values.length >> 1;
  const distances = Array.from({ length: splits }, () => {
    const mixed = random.shuffle(values);
    const [one, other] = [medianOf(mixed.slice(0, half)), medianOf(mixed.slice(half))];
    return Math.max(one, other) / Math.min(one, other) - 1;
  }).sort((a, b) => a - b);
  const floor = distances[Math.ceil(0.95 * splits) - 1] as number;
  return Number.isFinite(floor) ? floor : undefined;
}
