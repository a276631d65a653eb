/** The order of repeated runs: in blocks that have each planned run once, so that what slows the machine for a while slows all alike. */
import { createRandom } from "../../../core/random.ts";

/** One run of a command with `--repeat`. */
export interface Turn<P> {
  readonly plan: P;
  /** The block's own, so that all runs of a block have the same schedule of operations and faults. */
  readonly seed: number;
  /** From 1 on. */
  readonly block: number;
  /** Place among all runs of the command, from 1 on. */
  readonly order: number;
}

/** Every planned run `repeat` times, the order within each block drawn at random. Once only: in the given order, with the given seed. */
export function turnsOf<P>(planned: readonly P[], repeat: number, seed: number): Turn<P>[] {
  if (repeat === 1) return planned.map((plan, i) => ({ plan, seed, block: 1, order: i + 1 }));
  const random = createRandom(seed).fork("repeat");
  const seeds = new Set<number>();
  while (seeds.size < repeat) seeds.add(random.integer(0, 2 ** 31 - 1));
  return [...seeds]
    .flatMap((own, i) => random.shuffle(planned).map((plan) => ({ plan, seed: own, block: i + 1 })))
    .map((turn, i) => ({ ...turn, order: i + 1 }));
}
