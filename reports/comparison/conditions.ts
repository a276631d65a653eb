/** Conditions that must be the same for candidates to be ranked by a figure. */
import type { OpenLoad } from "../../core/run.ts";
import { either } from "../../core/wording.ts";
import { formatFigure } from "../numbers.ts";
import { type Candidate, loadWords } from "./candidates.ts";
import { leaderStrikes, type RunDigest } from "./digest.ts";
import { faultWords, settings } from "./options.ts";

export interface Condition {
  /** Follows "different". */
  readonly name: string;
  words(candidate: Candidate): string;
  areSame(candidates: readonly Candidate[]): boolean;
}

/** Open loads whose rates differ by less are the same load. */
const sameRate = 1.05;

/** Numbers of leader strikes that differ by less are about the same: the longest outage is a maximum, and grows with them. */
const sameStrikes = 1.5;

const byWords = (name: string, words: (digest: RunDigest) => string): Condition => ({
  name,
  words: ({ runs }) => either([...new Set(runs.map(words))]),
  areSame: (candidates) => new Set(candidates.flatMap(({ runs }) => runs.map(words))).size <= 1,
});

/** Conditions that matter for every figure. */
export const everywhere: readonly Condition[] = [
  byWords("machines", ({ run: { machine } }) => `${machine.cores} × ${machine.cpu}, ${machine.os}`),
  byWords("runtimes", ({ run }) => run.runtime),
  byWords("numbers of nodes", ({ run }) => `${run.nodes.length}`),
  ...settings.map(({ name, words }) => byWords(name, ({ run }) => words(run))),
];

/** Matters for latency, throughput and cost. */
export const sameLoad: Condition = {
  name: "loads",
  words: ({ runs }) => loadWords(runs.map(({ run }) => run.load)),
  areSame: (candidates) => {
    const loads = candidates.flatMap(({ runs }) => runs.map(({ run }) => run.load));
    const opens = loads.filter((one) => one.kind === "open");
    if (new Set(opens.map(shapeOf)).size > 1) return false;
    const rates = opens.map(({ rate }) => rate);
    if (rates.length === 0) return new Set(loads.map(({ processes }) => processes)).size <= 1;
    return rates.length === loads.length && Math.max(...rates) <= Math.min(...rates) * sameRate;
  },
};

/** How a load's rate changes, its operations arrive and are asked again; a rate that is constant may differ a little. */
const shapeOf = ({ parts, arrivals = "constant", retries = 0 }: OpenLoad): string =>
  JSON.stringify([parts, arrivals, retries]);

/** A run's number of strikes is partly chance: candidates are compared by their means. */
const strikes: Condition = {
  name: "numbers of faults that struck the leader",
  words: (candidate) => `${formatFigure(strikesPerRun(candidate))} a run`,
  areSame: (candidates) => {
    const means = candidates.map(strikesPerRun);
    return Math.max(...means) <= Math.min(...means) * sameStrikes;
  },
};

const strikesPerRun = ({ runs }: Candidate): number =>
  runs.reduce((sum, run) => sum + leaderStrikes(run), 0) / runs.length;

/** Conditions that matter for outages. */
export const ofOutages: readonly Condition[] = [
  byWords("faults", ({ run }) => faultWords(run)),
  byWords("lengths of the load", ({ run }) => `${formatFigure(run.load.seconds)} s`),
  strikes,
];

/** Conditions that matter for a figure, those that decide most first. */
export const conditionsOf = (
  figure: "latency" | "outage" | "capacity" | "processor",
): readonly Condition[] => [...everywhere, ...(figure === "outage" ? ofOutages : [sameLoad])];
