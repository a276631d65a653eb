/** What a comparison could have found: the least slowdown, figure by figure, with as many runs and their noise. */
import { createRandom } from "../../core/random.ts";
import type { Pair } from "../statistics/difference.ts";
import { leastSlowdown } from "../statistics/power.ts";
import { type Cell, changeWords, type Judged, pairOf } from "./versus.ts";

/** The same with `leastFound` of each figure that was compared firmly. Takes about a second of processor time for 20 figures. */
export const withPower = (judged: readonly Judged[]): Judged[] =>
  judged.map((one) => ({ ...one, cells: one.cells.map((cell) => powered(cell, one)) }));

function powered(cell: Cell, of: Judged): Cell {
  if (cell.difference?.isFirm !== true) return cell;
  const { name, lessIsBetter } = cell.quantity;
  const pair = pairOf(of, cell);
  const random = createRandom(0).fork(`power of ${name}`);
  const found = leastSlowdown(lessIsBetter ? pair : inverse(pair), of.critical, random);
  return found === undefined ? cell : { ...cell, leastFound: lessIsBetter ? found : 1 / found };
}

/** Where more is better, twice as slow means half as much. */
function inverse({ first, second }: Pair): Pair {
  const of = (sample: Pair["first"]) => ({ ...sample, values: sample.values.map((value) => 1 / value) });
  return { first: of(first), second: of(second) };
}

/** `+12%`; a dash if it is not known. */
export const leastFoundWords = ({ leastFound }: Pick<Cell, "leastFound">): string => {
  if (leastFound === undefined) return "–";
  return Number.isFinite(leastFound) && leastFound > 0 ? changeWords(leastFound) : "not even ×4";
};

/** What the runs could have shown, in a sentence; undefined if nothing was compared. */
export function powerSentence({ cells }: Judged): string | undefined {
  const compared = cells.filter(({ difference }) => difference !== undefined);
  if (compared.length === 0) return undefined;
  if (compared.every(({ difference }) => difference?.isFirm === false))
    return "With this few runs, or one seed, not even the largest slowdown would be a firm finding.";
  const known = compared.filter(({ leastFound }) => leastFound !== undefined);
  const latencies = known.filter(({ quantity }) => quantity.topic === "latency");
  const sorted = (latencies.length > 0 ? latencies : known).toSorted(
    (one, other) => sizeOf(one) - sizeOf(other),
  );
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return undefined;
  const words = (cell: Cell) => `${leastFoundWords(cell)} in ${cell.quantity.name}`;
  const range = least === most ? `of ${words(least)}` : `from ${words(least)} to ${words(most)}`;
  return `With as many runs and their noise, 4 of 5 comparisons would find a change for the worse ${range}.`;
}

const sizeOf = ({ leastFound = 1 }: Cell): number => Math.abs(Math.log(leastFound));
