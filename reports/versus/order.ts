/** Whether the runs of the two sides were made in turn: else whatever changed in between looks like a difference. */
import type { RunDigest } from "../comparison/digest.ts";
import type { Matchup } from "./sides.ts";

/** With fewer runs on a side, it is often by chance that all came first. */
const leastRuns = 3;

/** The side of which all runs began before all of the other; undefined if they were made in turn, or are too few to tell. */
export function madeFirst({ a, b }: Pick<Matchup, "a" | "b">): "A" | "B" | undefined {
  if (Math.min(a.runs.length, b.runs.length) < leastRuns) return undefined;
  const [ofA, ofB] = [a.runs, b.runs].map(startsOf) as [number[], number[]];
  if (Math.max(...ofA) < Math.min(...ofB)) return "A";
  return Math.max(...ofB) < Math.min(...ofA) ? "B" : undefined;
}

/** Not a number if a run does not say: then nothing is said about their order. */
const startsOf = (runs: readonly RunDigest[]): number[] => runs.map(({ run }) => Date.parse(run.startedAt));

/** The same as a warning, with the way out; undefined if there is none. */
export function orderWarning(matchup: Pick<Matchup, "a" | "b">): string | undefined {
  const first = madeFirst(matchup);
  if (first === undefined) return undefined;
  const other = first === "A" ? "B" : "A";
  return `All runs of ${first} were made before all of ${other}: whatever changed on the machine in between counts as a difference. Make the runs of both sides in turn, one seed after the other.`;
}
