/** Whether side B is faster than side A, slower, or not distinguishable from it: for every quantity of every pair, judged together. */
import { createRandom } from "../../core/random.ts";
import { count, listed } from "../../core/wording.ts";
import type { Candidate } from "../comparison/candidates.ts";
import type { RunDigest } from "../comparison/digest.ts";
import { hasOneSeed } from "../comparison/standing.ts";
import type { Sample } from "../statistics/blocks.ts";
import type { Interval } from "../statistics/bootstrap.ts";
import { type Difference, jointDifferences, type Pair, ratioOf } from "../statistics/difference.ts";
import { type Repeated, repeatedFigure } from "../statistics/repeated.ts";
import { differenceWord, type Quantity, quantitiesOf } from "./quantities.ts";
import { type Matchup, matchupsOf } from "./sides.ts";

export interface Judged extends Matchup {
  readonly cells: readonly Cell[];
  /** How far the ranks of a figure must be apart to be found: see `JointDifferences`. */
  readonly critical: number;
}

/** One quantity of both sides. */
export interface Cell {
  readonly quantity: Quantity;
  readonly a: Repeated;
  readonly b: Repeated;
  /** B as a multiple of A; absent if A is 0 or nothing was compared. */
  readonly ratio?: Interval;
  /** Absent if the two were not compared. */
  readonly difference?: Difference;
  /** `faster`, `slower`, `not distinguishable`, or `not compared`. */
  readonly word: string;
  /** Why the two were not compared. */
  readonly why?: string;
  /** Least change for the worse, as a ratio, that would be found in most cases: see `withPower`. */
  readonly leastFound?: number;
}

/** Compares the runs of side A with those of side B. A UsageError if they cannot be paired. */
export function versus(a: readonly RunDigest[], b: readonly RunDigest[]): Judged[] {
  const drafts = matchupsOf(a, b).map((matchup) => ({
    matchup,
    cells: quantitiesOf([...matchup.a.runs, ...matchup.b.runs]).map((quantity) => draft(matchup, quantity)),
  }));
  const families = drafts.map(({ cells }) => cells.flatMap(({ pair }) => pair ?? []));
  const { differences, critical } = jointDifferences(families, createRandom(0).fork("versus"));
  const joint = differences.flat();
  const found = new Map(families.flat().map((pair, i) => [pair, joint[i]]));
  return drafts.map(({ matchup, cells }) => ({
    ...matchup,
    critical,
    cells: cells.map((cell) => judged(cell, cell.pair && found.get(cell.pair), matchup)),
  }));
}

interface Draft {
  readonly quantity: Quantity;
  readonly a: Repeated;
  readonly b: Repeated;
  readonly why?: string;
  readonly pair?: Pair;
}

function draft(matchup: Matchup, quantity: Quantity): Draft {
  const [a, b] = [sideOf(matchup.a, quantity), sideOf(matchup.b, quantity)];
  const why = hindrance(matchup, quantity, a, b);
  if (why !== undefined) return { quantity, a, b, why };
  return { quantity, a, b, pair: pairOf(matchup, { quantity, a, b }) };
}

/** What is compared of a figure. */
export const pairOf = (matchup: Matchup, { quantity, a, b }: Pick<Cell, "quantity" | "a" | "b">): Pair => ({
  first: sampleOf(matchup.a, a),
  second: sampleOf(matchup.b, b),
  leastDifference: quantity.leastDifference,
});

function judged({ quantity, a, b, why, pair }: Draft, found: Difference | undefined, of: Matchup): Cell {
  if (pair === undefined || found === undefined)
    return { quantity, a, b, word: "not compared", ...(why !== undefined && { why }) };
  const ratio = ratioOf(pair, resampling(quantity));
  return {
    quantity,
    a,
    b,
    ...(ratio !== undefined && { ratio }),
    difference: { ...found, isFirm: found.isFirm && !hasOneSeed(of.a) && !hasOneSeed(of.b) },
    word: found.sign === 0 ? "not distinguishable" : differenceWord(quantity, found.sign),
  };
}

const sideOf = ({ runs }: Candidate, quantity: Quantity): Repeated =>
  repeatedFigure(
    quantity.name,
    runs.map((run) => quantity.of(run)),
  );

/** Runs with the same seed had the same schedule: they are resampled together. */
const sampleOf = ({ runs }: Candidate, { values }: Repeated): Sample => ({
  values,
  blocks: runs.map(({ run }) => `${run.seed}`),
});

/** The same runs always give the same intervals. */
const resampling = ({ name }: Quantity) => createRandom(0).fork(name);

/** Why a quantity cannot be compared; undefined if it can. */
function hindrance(
  { a, b, differing }: Matchup,
  { topic }: Quantity,
  ofA: Repeated,
  ofB: Repeated,
): string | undefined {
  const unfit = [
    { side: "A", candidate: a },
    { side: "B", candidate: b },
  ].flatMap(({ side, candidate }) => (isComparable(candidate) ? [] : [`${side} ${unfitWords(candidate)}`]));
  if (unfit.length > 0) return listed(unfit);
  const forbidden = differing.find(({ forbids }) => forbids.includes(topic));
  if (forbidden !== undefined) return `different ${forbidden.condition}`;
  const unknown = [ofA, ofB].flatMap(({ median }, i) => (median === undefined ? [i === 0 ? "A" : "B"] : []));
  if (unknown.length === 0) return undefined;
  return `${topic === "latency" ? "too few operations" : "not known"} in ${listed(unknown)}`;
}

/** A planted bug may be what is compared: it is named among the differences. */
const isComparable = ({ verdict, caveat }: Candidate): boolean => verdict === "valid" && caveat === undefined;

function unfitWords({ runs, verdict, caveat }: Candidate): string {
  const bad = runs.filter(({ run }) => run.verdict === verdict).length;
  if (verdict !== "valid") return `is ${verdict} in ${bad} of ${count(runs.length, "run")}`;
  return `was ${caveat?.kind === "client-limited" ? caveat.short : (caveat?.kind ?? "disturbed")}`;
}

/** `B is slower in write p50 (+21%) and faster in nothing`: what a pair comes to, in one sentence. */
export function summaryOf({ cells }: Judged): string {
  const compared = cells.filter(({ difference }) => difference !== undefined);
  if (compared.length === 0) {
    const reasons = [...new Set(cells.flatMap(({ why }) => why ?? []))];
    return `Nothing can be compared${reasons.length > 0 ? `: ${listed(reasons)}` : ""}.`;
  }
  const different = compared.filter(({ difference }) => difference?.sign !== 0);
  const hints = compared.some(({ difference }) => difference?.isFirm === false);
  const doubt = hints ? " With this few runs that is indicative only." : "";
  const same = compared.length - different.length;
  if (different.length === 0)
    return `Not distinguishable in ${same === 1 ? "the only figure" : `all ${same} figures`}.${doubt}`;
  const byWord = [...new Set(different.map(({ word }) => word))].map(
    (word) =>
      `${word} in ${listed(different.filter((cell) => cell.word === word).map(({ quantity, ratio }) => `${quantity.name}${ratio === undefined ? "" : ` (${changeWords(ratio.value)})`}`))}`,
  );
  const rest =
    same === 0 ? "" : ` The other ${same === 1 ? "figure is" : `${same} figures are`} not distinguishable.`;
  return `B is ${byWord.join("; it is ")}.${rest}${doubt}`;
}

/** A ratio as a change: `+21%`, `−3%`, `×4.2`. */
export function changeWords(ratio: number): string {
  if (!Number.isFinite(ratio)) return "–";
  if (ratio >= 3) return `×${ratio.toFixed(1)}`;
  const percent = Math.round((ratio - 1) * 100);
  return percent === 0 ? "±0%" : `${percent > 0 ? "+" : "−"}${Math.abs(percent)}%`;
}
