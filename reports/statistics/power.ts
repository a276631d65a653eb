/**
 * The power of a comparison: which slowdown as many runs with as much noise would find in four of five cases. Pairs of sides are drawn
 * from the runs themselves (a bootstrap), with the noise of each side and no difference but a planted one, and the rule of
 * difference.ts judges them. Few runs show too little of their noise: what they scatter by is stretched by the root of n / (n - 1).
 */
import type { Random } from "../../core/random.ts";
import { inOrderOf } from "./blocks.ts";
import { isFoundHigher, leastRatio, type Pair } from "./difference.ts";
import { medianOf } from "./median.ts";

/** Share of the comparisons that must find it. */
export const powerShare = 0.8;
/** Pairs of sides that are drawn for each slowdown that is tried: the share is known to about 3%. */
const draws = 300;
/** Greatest slowdown that is tried. */
const greatest = 4;
/** Tries between the least and the greatest: the result is known to about 1%. */
const bisections = 7;

/**
 * The least factor on the second sample that is found in enough cases; infinite if even four times as much is not. Undefined if a value is
 * not above 0. `critical` is the distance that a firm difference must exceed: see `JointDifferences`.
 */
export function leastSlowdown(pair: Pair, critical: number, random: Random): number | undefined {
  const { first, second, leastDifference } = pair;
  if (![...first.values, ...second.values].every((value) => value > 0)) return undefined;
  const draw = drawing(pair);
  const isFound = (factor: number): boolean => {
    // The same draws for each factor: what a greater one finds does not hang on other luck.
    const own = random.fork("draws");
    let found = 0;
    for (let i = 0; i < draws; i++) {
      const drawn = draw(own, factor);
      if (isFoundHigher({ ...drawn, ...(leastDifference !== undefined && { leastDifference }) }, critical))
        found++;
    }
    return found >= powerShare * draws;
  };
  if (!isFound(greatest)) return Number.POSITIVE_INFINITY;
  let [missed, found] = [Math.log(leastRatio), Math.log(greatest)];
  for (let i = 0; i < bisections; i++) {
    const middle = (missed + found) / 2;
    if (isFound(Math.exp(middle))) found = middle;
    else missed = middle;
  }
  return Math.exp(found);
}

/** Makes two sides from one draw of the runs; the second is slower by a factor. */
type Drawing = (random: Random, factor: number) => Pick<Pair, "first" | "second">;

function drawing({ first, second }: Pair): Drawing {
  const middle = medianOf(first.values);
  const partners = inOrderOf(first, second);
  if (partners === undefined) {
    const [own, others] = [scatter(first.values), scatter(second.values)];
    return (random, factor) => ({
      first: { values: own.map(() => middle * random.pick(own)) },
      second: { values: others.map(() => middle * factor * random.pick(others)) },
    });
  }
  // Of runs in pairs, the blocks scatter as they do, and the ratios within them around 1.
  const ratios = scatter(partners.map((value, i) => value / (first.values[i] as number)));
  const blocks = ratios.map((_, i) => `${i}`);
  return (random, factor) => {
    const places = ratios.map(() => random.integer(0, ratios.length - 1));
    return {
      first: { values: places.map((i) => first.values[i] as number), blocks },
      second: {
        values: places.map((i) => factor * (first.values[i] as number) * (ratios[i] as number)),
        blocks,
      },
    };
  };
}

/** Values as multiples of their median, stretched. */
function scatter(values: readonly number[]): number[] {
  const middle = medianOf(values);
  const stretch = Math.sqrt(values.length / Math.max(1, values.length - 1));
  return values.map((value) => (value / middle) ** stretch);
}
