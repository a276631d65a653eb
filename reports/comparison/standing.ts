/** Which candidates can be ranked by a figure: valid, not limited by their load or client, and tried under the same conditions. */
import { unreachable } from "../../core/assert.ts";
import type { Measure } from "../data/measure.ts";
import type { Candidate } from "./candidates.ts";
import { conditionsOf } from "./conditions.ts";
import { type Kind, leaderStrikes, measured, type RunDigest } from "./digest.ts";
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

/** Seconds. Outages that differ by less count as equal: leader elections are random within such times. */
const leastOutageDifference = 0.1;

/** `ok` operations while healthy: a percentile of fewer would be their maximum, or luck. */
export const enough = { p50: 20, p99: 100 } as const;

/** Ranks the candidates that can be ranked by a figure. */
export function standing(candidates: readonly Candidate[], figure: Figure): Standing {
  const fit = candidates.filter((candidate) => isFit(candidate) && hasFigure(candidate, figure));
  const comparable = figure.name === "outage" ? withLeaderStruck(fit) : fit;
  if (comparable.length < 2) return { type: "alone" };
  const difference = differenceOf(comparable, figure);
  if (difference !== undefined) return { type: "apart", difference };
  const samples = comparable.map((of) => ({ of, values: of.runs.map((run) => amountOf(run, figure)) }));
  const ranking = rank(samples, figure.name === "outage" ? leastOutageDifference : 0);
  return { type: "ranked", ranking: { ...ranking, isFirm: ranking.isFirm && !comparable.some(hasOneSeed) } };
}

/** Whether a candidate's figures are results. */
export const isFit = ({ verdict, caveat, mutant }: Candidate): boolean =>
  verdict === "valid" && caveat === undefined && mutant === undefined;

/** Whether all runs repeat one schedule, so that they say little about others. */
export const hasOneSeed = ({ runs }: Candidate): boolean =>
  new Set(runs.map(({ run }) => run.seed)).size === 1;

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

/** First condition in which the candidates differ, of those that matter for the figure. */
function differenceOf(candidates: readonly Candidate[], figure: Figure): Difference | undefined {
  const condition = conditionsOf(figure.name).find(({ areSame }) => !areSame(candidates));
  if (condition === undefined) return undefined;
  return {
    condition: condition.name,
    values: candidates.map((candidate) => [candidate, condition.words(candidate)]),
  };
}
