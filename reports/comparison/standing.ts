/** Which candidates can be ranked by a figure: valid, not limited by their load or client, and tried under the same conditions. */
import { unreachable } from "../../core/assert.ts";
import { isSweep } from "../../core/load/rate.ts";
import { type Measure, measures } from "../data/measure.ts";
import { differences } from "../statistics/difference.ts";
import { type Candidate, type ReadClass, readClasses } from "./candidates.ts";
import { conditionsOf } from "./conditions.ts";
import { type Kind, kinds, leaderStrikes, measured, type RunDigest } from "./digest.ts";
import { type Order, orderOf, type Ranking } from "./rank.ts";

/** A figure that candidates are compared by; less is better. */
export type Figure =
  | {
      readonly name: "latency";
      readonly kind: Kind;
      readonly percentile: "p50" | "p99";
      readonly measure: Measure;
    }
  | { readonly name: "outage"; readonly kind: Kind }
  /** Capacity of a closed loop: seconds for each \`ok\` operation, all clients together. */
  | { readonly name: "capacity" }
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
export const leastOutageDifference = 0.1;

/** `ok` operations while healthy: a percentile of fewer would be their maximum, or luck. */
export const enough = { p50: 20, p99: 100 } as const;

/** Where the candidates of a trial stand, by every figure. */
export interface Standings {
  /** How many comparisons were judged together: the more, the more runs each needs. */
  readonly comparisons: number;
  /** The standing of those that share the promise to readers; by a figure that is not about reads, of all candidates. */
  of(figure: Figure, reads: ReadClass): Standing;
}

/**
 * Ranks the candidates of a trial by every figure at once, since Holm's correction is over all that a page claims. A page shows
 * latencies by one measure at a time, so each measure is a family of its own.
 */
export function standingsOf(candidates: readonly Candidate[]): Standings {
  const places = new Map<string, Standing>();
  const families = measures.map((measure) => {
    const entries = figuresBy(measure).flatMap((figure) =>
      groupsBy(figure, candidates).map(({ key, group }) => ({ key, place: placeOf(group, figure) })),
    );
    const found = differences(entries.flatMap(({ place }) => ("pairs" in place ? place.pairs : [])));
    let next = 0;
    for (const { key, place } of entries) {
      if ("type" in place) places.set(key, place);
      else {
        const own = found.slice(next, next + place.pairs.length);
        next += own.length;
        places.set(key, { type: "ranked", ranking: doubted(place.ranking(own)) });
      }
    }
    return found.length;
  });
  return {
    comparisons: Math.max(...families),
    of: (figure, reads) => places.get(keyOf(figure, reads)) ?? { type: "alone" },
  };
}

const figuresBy = (measure: Measure): Figure[] => [
  ...kinds.flatMap((kind): Figure[] => [
    ...(["p50", "p99"] as const).map((percentile) => ({
      name: "latency" as const,
      kind,
      percentile,
      measure,
    })),
    { name: "outage", kind },
  ]),
  { name: "capacity" },
  { name: "processor" },
];

const isOfReads = (figure: Figure): boolean => "kind" in figure && figure.kind === "read";

const doesRead = ({ runs }: Candidate): boolean => runs.some(({ kinds: { read } }) => read !== undefined);

function keyOf(figure: Figure, reads: ReadClass): string {
  const own =
    "kind" in figure
      ? [figure.kind, ...(figure.name === "latency" ? [figure.percentile, figure.measure] : [])]
      : [];
  return [figure.name, ...own, isOfReads(figure) || figure.name === "capacity" ? reads : "all"].join(" ");
}

/** Writes are compared across read modes, reads are compared with reads of the same promise. */
const groupsBy = (figure: Figure, candidates: readonly Candidate[]) =>
  isOfReads(figure) || (figure.name === "capacity" && candidates.some(doesRead))
    ? readClasses.map((reads) => ({
        key: keyOf(figure, reads),
        group: candidates.filter((candidate) => candidate.reads === reads),
      }))
    : [{ key: keyOf(figure, "linearizable"), group: candidates }];

function placeOf(
  candidates: readonly Candidate[],
  figure: Figure,
): Exclude<Standing, { type: "ranked" }> | Order<Candidate> {
  const fit = candidates.filter((candidate) => isFit(candidate, figure) && hasFigure(candidate, figure));
  const comparable = figure.name === "outage" ? withLeaderStruck(fit) : fit;
  if (comparable.length < 2) return { type: "alone" };
  const difference = differenceOf(comparable, figure);
  if (difference !== undefined) return { type: "apart", difference };
  const samples = comparable.map((of) => ({ of, values: of.runs.map((run) => amountOf(run, figure)) }));
  return orderOf(samples, figure.name === "outage" ? leastOutageDifference : 0);
}

const doubted = (ranking: Ranking<Candidate>): Ranking<Candidate> => ({
  ...ranking,
  isFirm: ranking.isFirm && ![...ranking.leaders, ...ranking.others].some(({ of }) => hasOneSeed(of)),
});

/** Whether a candidate's figures are results; `figure`: only this one. */
export const isFit = ({ verdict, caveat, mutant }: Candidate, figure?: Figure): boolean =>
  verdict === "valid" &&
  mutant === undefined &&
  (caveat === undefined || (figure?.name === "outage" && caveat.lagOnly === true));

/** Whether all runs repeat one schedule, so that they say little about others. */
export const hasOneSeed = ({ runs }: Candidate): boolean =>
  new Set(runs.map(({ run }) => run.seed)).size === 1;

/** Latencies of a closed loop are clients by throughput, those of a sweep a mixture of its rates: they are shown, and rank nowhere. */
const hasFigure = ({ runs }: Candidate, figure: Figure): boolean =>
  runs.every(
    (run) =>
      Number.isFinite(amountOf(run, figure)) &&
      !(figure.name === "latency" && (run.run.load.kind === "closed" || isSweep(run.run.load))),
  );

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
    case "capacity":
      return run.run.load.kind === "closed" && run.okPerSecond > 0 ? 1 / run.okPerSecond : Number.NaN;
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
