/**
 * Which record is asked about: all alike, or few of them most of the time, as YCSB chooses (Cooper et al., 2010). Ranks
 * follow a zipfian distribution, P(rank r) ~ 1 / (r + 1)^theta, drawn as Gray et al. describe ("Quickly generating
 * billion-record synthetic databases", 1994); so the probabilities of the first two ranks are exact, the others close.
 */
import type { Random } from "../../core/random.ts";

/** Below this the sum is exact; above it an integral and its first correction continue it (Euler and Maclaurin). */
const exactTerms = 10_000;

/** Zipfian ranks, 0 the most frequent, among a number of items that may grow. */
export class Zipfian {
  readonly #theta: number;
  readonly #alpha: number;
  readonly #zetaOfTwo: number;
  #terms = 0;
  #sum = 0;
  #items = 0;
  #zeta = 0;
  #eta = 0;

  /** `theta`: 0 < theta < 1. */
  constructor(theta: number) {
    this.#theta = theta;
    this.#alpha = 1 / (1 - theta);
    this.#zetaOfTwo = 1 + 0.5 ** theta;
  }

  /** The sum of 1 / i^theta for i = 1 … `items`. Cheap where it was just asked for fewer items. */
  zeta(items: number): number {
    const exact = Math.min(items, exactTerms);
    if (exact < this.#terms) [this.#terms, this.#sum] = [0, 0];
    while (this.#terms < exact) this.#sum += 1 / (++this.#terms) ** this.#theta;
    if (items === exact) return this.#sum;
    const power = 1 - this.#theta;
    const integral = (items ** power - exact ** power) / power;
    return this.#sum + integral + (items ** -this.#theta - exact ** -this.#theta) / 2;
  }

  /** A rank, 0 <= rank < `items`. */
  rank(random: Random, items: number): number {
    if (items !== this.#items) this.#resize(items);
    const share = random.float();
    const mass = share * this.#zeta;
    if (mass < 1 || items === 1) return 0;
    if (mass < this.#zetaOfTwo) return 1;
    const rank = Math.floor(items * (this.#eta * share - this.#eta + 1) ** this.#alpha);
    return Math.min(items - 1, rank);
  }

  #resize(items: number): void {
    this.#items = items;
    this.#zeta = this.zeta(items);
    this.#eta = (1 - (2 / items) ** (1 - this.#theta)) / (1 - this.#zetaOfTwo / this.#zeta);
  }
}

/** YCSB draws ranks among this many items, whatever the number of records, and hashes them to the records. */
export const scrambledItems = 10_000_000_000;

/** Chooses an index below `items`. */
export type Choice = (random: Random, items: number) => number;

/** `skew`: hundredths of theta; 0: all alike. Popular records are spread over all of them. */
export function choiceOf(skew: number): Choice {
  if (skew === 0) return (random, items) => random.integer(0, items - 1);
  const zipfian = new Zipfian(skew / 100);
  return (random, items) => scrambled(zipfian.rank(random, scrambledItems), items);
}

/** The place of a rank among the records: its hash, FNV-1a over the 8 bytes of the number as in YCSB. */
export const scrambled = (rank: number, items: number): number => Number(fnv(BigInt(rank)) % BigInt(items));

const offsetBasis = 0xcbf29ce484222325n;
const prime = 1_099_511_628_211n;

function fnv(value: bigint): bigint {
  let hash = offsetBasis;
  for (let rest = value, i = 0; i < 8; i++, rest >>= 8n)
    hash = BigInt.asUintN(64, (hash ^ (rest & 0xffn)) * prime);
  const signed = BigInt.asIntN(64, hash);
  return signed < 0n ? -signed : signed;
}
