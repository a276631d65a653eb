import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { assert } from "./assert.ts";

/** A stream of choices that a seed replays. */
export interface Random {
  /** A stream of its own, identified by `label`: it does not shift when this one or another fork draws. */
  fork(label: string): Random;
  /** A whole number, `min` <= n <= `max`. */
  integer(min: number, max: number): number;
  /** 0 <= x < 1. */
  float(): number;
  /** True with `probability` (0 to 1). */
  chance(probability: number): boolean;
  /** One of `items`, which must not be empty. */
  pick<T>(items: readonly T[]): T;
  /** A new array with the items in another order. */
  shuffle<T>(items: readonly T[]): T[];
}

/** The stream of `seed`, a whole number. */
export function createRandom(seed: number): Random {
  return stream(`${seed}`);
}

function stream(path: string): Random {
  const generator = xoroshiro128plus(hash(path));
  const integer = (min: number, max: number) => uniformInt(generator, min, max);
  const float = () => uniformFloat64(generator);
  return {
    fork: (label) => stream(`${path}/${label}`),
    integer,
    float,
    chance: (probability) => float() < probability,
    pick<T>(items: readonly T[]): T {
      assert(items.length > 0, "pick from nothing");
      return items[integer(0, items.length - 1)] as T;
    },
    shuffle<T>(items: readonly T[]): T[] {
      const shuffled = [...items];
      for (let i = shuffled.length - 1; i > 0; i--) {
        const j = integer(0, i);
        [shuffled[i], shuffled[j]] = [shuffled[j] as T, shuffled[i] as T];
      }
      return shuffled;
    },
  };
}

/** FNV-1a, 32 bits, then the finaliser of MurmurHash3 so that paths which differ in one letter seed far apart. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
