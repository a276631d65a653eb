/** Which candidates can be ranked by a figure: valid, not limited by their load or client, and tried under the same conditions. */
import { unreachable } from "../../core/assert.ts";
import type { Measure } from "../data/measure.ts";
import { type Candidate, loadWords } from "./candidates.ts";
import { type Kind, measured, type RunDigest } from "./digest.ts";
import { type Ranking, rank } from "./rank.ts";

/** A figure that candidates are compared by; less is better. */
export type Figure =
  | {
      readonly name: "latency";
      readonly kind: Kind;
      readonly percentile: "p50" | "p99";
      readonly measure: Measure;
    }
  | { readonly name: "outage"; readonly kind: Kind }
  | { readonly name: "processor" };

/** `ranked`: at least two candidates. `alone`: fewer can be ranked. `apart`: they were tried under different conditions. */
export type Standing =
  | { readonly type: "ranked"; readonly ranking: Ranking<Candidate> }
  | { readonly type: "alone" }
  | { readonly type: "apart"; readonly difference: Difference };

/** A condition in which candidates differ, with its value for each. */
export interface Difference {
  readonly condition: string;
  readonly values: readonly (readonly [candidate: Candidate, value: string])[];
}

/** Outages that differ by less are not told apart, seconds: leader elections are random within such times. */
const leastOutageDifference = 0.1;

/** `ok` operations while healthy: a percentile of fewer would be their maximum, or luck. */
const enough = { p50: 20, p99: 100 } as const;

/** Ranks the candidates that can be ranked by a figure. */
export function standing(candidates: readonly Candidate[], figure: Figure): Standing {
  const fit = candidates.filter((candidate) => isFit(candidate) && hasFigure(candidate, figure));
  const comparable = figure.name === "outage" ? withLeaderStruck(fit) : fit;
  if (comparable.length < 2) return { type: "alone" };
  const difference = differenceOf(comparable, figure);
  if (difference !== undefined) return { type: "apart", difference };
  const samples = comparable.map((of) => ({ of, values: of.runs.map((run) => amountOf(run, figure)) }));
  return { type: "ranked", ranking: rank(samples, figure.name === "outage" ? leastOutageDifference : 0) };
}

/** Whether a candidate's figures are results. */
export const isFit = ({ verdict, caveat, mutant }: Candidate): boolean =>
  verdict === "valid" && caveat === undefined && mutant === undefined;

const hasFigure = ({ runs }: Candidate, figure: Figure): boolean =>
  runs.every((run) => Number.isFinite(amountOf(run, figure)));

/** Microseconds, seconds or milliseconds; NaN if it is not known, or of too few operations. */
export function amountOf(run: RunDigest, figure: Figure): number {
  switch (figure.name) {
    case "latency": {
      const own = run.kinds[figure.kind];
      if (own === undefined) return Number.NaN;
      const { healthy } = measured(own, figure.measure);
      return healthy.ok < enough[figure.percentile] ? Number.NaN : healthy[figure.percentile];
    }
    case "outage":
      return run.faults.length === 0 ? Number.NaN : (run.kinds[figure.kind]?.longestWithout ?? Number.NaN);
    case "processor":
      return run.cost?.cpuMsPerThousand ?? Number.NaN;
    default:
      return unreachable(figure);
  }
}

/** A system whose leader was never struck had no failover: it is left out if that of another one was. */
function withLeaderStruck(candidates: readonly Candidate[]): readonly Candidate[] {
  const struck = candidates.filter(({ runs }) => runs.every((run) => leaderStrikes(run) > 0));
  return struck.length > 0 ? struck : candidates;
}

/** Faults with effect that struck the node that led. */
export const leaderStrikes = ({ faults }: RunDigest): number =>
  faults.filter(({ proof, led, nodes }) => proof !== undefined && led !== undefined && nodes.includes(led))
    .length;

/** Open loads whose rates differ by less are the same load. */
const sameRate = 1.05;

/** First condition in which the candidates differ, of those that matter for the figure. */
function differenceOf(candidates: readonly Candidate[], figure: Figure): Difference | undefined {
  const matters = [...everywhere, figure.name === "outage" ? faults : load];
  const condition = matters.find(({ isSame }) => {
    const runs = candidates.flatMap((candidate) => candidate.runs);
    return !runs.every((run) => isSame(run, runs[0] as RunDigest));
  });
  if (condition === undefined) return undefined;
  return {
    condition: condition.name,
    values: candidates.map((candidate) => [candidate, condition.words(candidate.runs[0] as RunDigest)]),
  };
}

interface Condition {
  /** Follows "different". */
  readonly name: string;
  words(digest: RunDigest): string;
  isSame(a: RunDigest, b: RunDigest): boolean;
}

const byWords = (name: string, words: Condition["words"]): Condition => ({
  name,
  words,
  isSame: (a, b) => words(a) === words(b),
});

const everywhere: readonly Condition[] = [
  byWords("machines", ({ run: { machine } }) => `${machine.cores} × ${machine.cpu}, ${machine.os}`),
  byWords("runtimes", ({ run }) => run.runtime),
  byWords("numbers of nodes", ({ run }) => `${run.nodes.length}`),
];

const faults = byWords("faults", ({ run }) => {
  const { faultSeconds } = run.options;
  const names = run.nemeses.length === 0 ? "none" : run.nemeses.join(", ");
  return faultSeconds === undefined ? names : `${names} of ${faultSeconds} s`;
});

const load: Condition = {
  name: "loads",
  words: ({ run }) => loadWords(run.load),
  isSame: ({ run: { load: a } }, { run: { load: b } }) => {
    if (a.kind === "closed" || b.kind === "closed") return a.kind === b.kind && a.processes === b.processes;
    return Math.max(a.rate, b.rate) <= Math.min(a.rate, b.rate) * sameRate;
  },
};
