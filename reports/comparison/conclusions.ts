/** What a chooser may conclude from the runs of one trial: each sentence follows from figures, and says how sure it is. */
import { measuredStaleness } from "../../checker/reads/measured-staleness.ts";
import { isSweep } from "../../core/load/rate.ts";
import { knownLimits } from "../../core/verdict.ts";
import { count, listed } from "../../core/wording.ts";
import { isEven } from "../data/pace.ts";
import { formatDuration, formatMicros, formatRate, formatShare, formatSpan } from "../numbers.ts";
import { countedAnomalies } from "../panels/verdict.ts";
import { leastRatio, runsFor } from "../statistics/difference.ts";
import { type Candidate, type ReadClass, readClasses, type Trial } from "./candidates.ts";
import { type Kind, leaderStrikes } from "./digest.ts";
import type { Ranked, Ranking } from "./rank.ts";
import {
  type Difference,
  type Figure,
  hasOneSeed,
  isFit,
  type Standing,
  type Standings,
} from "./standing.ts";

export interface Conclusion {
  readonly topic: string;
  readonly text: string;
}

/** Conclusions in order of weight: promises, then failover, then speed, then how sure all of that is. */
export function conclusionsOf({ candidates }: Trial, standings: Standings): Conclusion[] {
  const outages = (["write", "read"] as const).flatMap((kind) =>
    outageConclusion(candidates, standings, kind),
  );
  const speeds = [...capacity(standings), ...writeLatency(standings), ...readLatency(candidates, standings)];
  const rankings = [...outages, ...speeds].flatMap((conclusion) => conclusion.rankings);
  return [
    { topic: "Promises", text: promises(candidates) },
    ...staleReads(candidates),
    ...outages,
    ...speeds,
    ...notRanked(candidates),
    ...certainty(rankings, standings.comparisons),
  ].map(({ topic, text }) => ({ topic, text }));
}

/** `All 3 are valid`, `etcd 3.4.23 is invalid`: the verdicts in a few words. Planted bugs do not count. */
export function verdictTitle(all: readonly Candidate[]): string {
  const own = all.filter(({ mutant }) => mutant === undefined);
  const [first] = own;
  if (first === undefined) return "Nothing to compare";
  const words = { invalid: "invalid", unknown: "undecided" } as const;
  for (const verdict of ["invalid", "unknown"] as const) {
    const of = own.filter((candidate) => candidate.verdict === verdict);
    const [only] = of;
    if (only !== undefined)
      return of.length === 1
        ? `${only.name} is ${words[verdict]}`
        : `${of.length} of ${own.length} are ${words[verdict]}`;
  }
  return own.length === 1 ? `${first.name} is valid` : `${everyone(own.length)} are valid`;
}

interface Concluded extends Conclusion {
  readonly rankings: readonly Ranking<Candidate>[];
}

function promises(candidates: readonly Candidate[]): string {
  const own = candidates.filter(({ mutant }) => mutant === undefined);
  const of = (verdict: Candidate["verdict"]) => own.filter((candidate) => candidate.verdict === verdict);
  const sentences = of("invalid").map(
    (candidate) => `${candidate.label} broke its promise: ${stopped(finding(candidate))}`,
  );
  for (const candidate of of("unknown"))
    sentences.push(`Nothing was decided about ${candidate.label}: ${stopped(undecided(candidate))}`);
  const kept = of("valid");
  if (kept.length > 0) {
    const faults = kept.flatMap(({ runs }) => runs.flatMap((run) => run.faults));
    const proven = faults.filter(({ proof }) => proof !== undefined).length;
    const who =
      kept.length < candidates.length || kept.length === 1
        ? listed(kept.map(labelOf))
        : everyone(kept.length);
    sentences.push(
      `${who} kept ${kept.length === 1 ? "its" : "their"} promises${proven > 0 ? ` through ${count(proven, "proven fault")}` : ""}.${differentPromises(kept)}`,
    );
  }
  for (const candidate of candidates)
    if (candidate.mutant !== undefined)
      sentences.push(
        `${candidate.label} was broken on purpose (${candidate.mutant}): it is not a candidate.`,
      );
  return sentences.join(" ");
}

const everyone = (number: number): string => (number === 2 ? "Both" : `All ${number}`);

const finding = ({ runs }: Candidate): string =>
  runs.flatMap(({ run }) => countedAnomalies(run))[0]?.summary ??
  verdictSummary(runs, "invalid") ??
  "a checker found a violation";

const undecided = ({ runs }: Candidate): string => {
  const ended = runs.map(({ run }) => run.ended).find((why) => why !== undefined);
  if (ended !== undefined) return `a run ended early (${ended})`;
  return verdictSummary(runs, "unknown") ?? "no checker ran on its history";
};

const verdictSummary = (runs: Candidate["runs"], kind: Candidate["verdict"]): string | undefined =>
  runs.flatMap(({ run }) => run.verdicts).find((verdict) => verdict.kind === kind)?.summary;

/** Follows a name: `etcd (linearizable) promises linearizable reads`. */
const promised: Readonly<Record<ReadClass, string>> = {
  linearizable: "linearizable reads",
  "known-limits": "up-to-date reads with a known limit",
  session: "reads in session order",
  stale: "only values that were written",
};

function differentPromises(candidates: readonly Candidate[]): string {
  const classes = readClasses.filter((one) => candidates.some(({ reads }) => reads === one));
  if (classes.length < 2) return "";
  const each = classes.map((one) => {
    const own = candidates.filter(({ reads }) => reads === one);
    return `${listed(own.map(labelOf))} ${own.length === 1 ? "promises" : "promise"} ${promised[one]}`;
  });
  return ` They are not the same promises: ${listed(each)}.`;
}

function staleReads(candidates: readonly Candidate[]): Conclusion[] {
  const sentences = candidates.flatMap((candidate) => {
    const all = candidate.runs.flatMap(({ run }) => measuredStaleness(run.verdicts) ?? []);
    const [reads, stale] = [sum(all.map((one) => one.reads)), sum(all.map((one) => one.stale))];
    const limits = candidate.runs.flatMap(({ run }) => knownLimits(run.verdicts));
    const met =
      limits.length === 0
        ? ""
        : `, within its known limit of a ${listed([...new Set(limits.flatMap(({ limit }) => limit?.name ?? []))])}`;
    if (stale === 0) return limits.length === 0 ? [] : [`${candidate.label} returned stale reads${met}.`];
    const worst = Math.max(...all.map(({ worstMs }) => worstMs));
    return [
      `${formatShare(stale / reads)} of the reads of ${candidate.label} were stale, by up to ${formatDuration(worst / 1e3)}${met}.`,
    ];
  });
  const mayBeStale = candidates.filter(
    ({ reads, runs }) =>
      reads !== "linearizable" && runs.every(({ run }) => measuredStaleness(run.verdicts) !== undefined),
  );
  if (sentences.length === 0 && mayBeStale.length > 0)
    sentences.push(
      `None was seen, though ${listed(mayBeStale.map(labelOf))} ${mayBeStale.length === 1 ? "allows" : "allow"} them.`,
    );
  return sentences.length === 0 ? [] : [{ topic: "Stale reads", text: sentences.join(" ") }];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** Writes are compared across read modes, reads are compared with reads of the same promise. */
function outageConclusion(candidates: readonly Candidate[], standings: Standings, kind: Kind): Concluded[] {
  const topic = `Longest without a ${kind}`;
  const fit = candidates.filter((candidate) => isFit(candidate, { name: "outage", kind }));
  if (fit.length > 0 && fit.every(({ runs }) => runs.every(({ faults }) => faults.length === 0)))
    return kind === "read"
      ? []
      : [{ topic, text: "No fault was injected, so nothing is said about failover.", rankings: [] }];
  const { text, rankings } = classesOf(kind)
    .map((reads) => standingWords(standings.of({ name: "outage", kind }, reads), formatSpan))
    .reduce(joined, nothing);
  const spared = fit.filter(({ runs }) => runs.some((run) => leaderStrikes(run) === 0));
  const note =
    rankings.length > 0 && kind === "write" && spared.length > 0 && spared.length < fit.length
      ? ` Left out, because its leader was not struck in every run: ${listed(spared.map(sparedWords))}.`
      : "";
  return text === "" ? [] : [{ topic, text: `${text}${note}`, rankings }];
}

/** `etcd (linearizable), struck in 9 of 10 runs` */
function sparedWords({ label, runs }: Candidate): string {
  const struck = runs.filter((run) => leaderStrikes(run) > 0).length;
  return struck === 0 ? `${label}, never struck` : `${label}, struck in ${struck} of ${runs.length} runs`;
}

/** Promises to readers that are ranked apart by figures of a kind. */
const classesOf = (kind: Kind): readonly ReadClass[] => (kind === "write" ? ["linearizable"] : readClasses);

const nothing: Pick<Concluded, "text" | "rankings"> = { text: "", rankings: [] };
type Words = typeof nothing;
const joined = (a: Words, b: Words): Words => ({
  text: [a.text, b.text].filter((text) => text !== "").join(" "),
  rankings: [...a.rankings, ...b.rankings],
});

/** Reads count only against reads of the same promise. */
function capacity(standings: Standings): Concluded[] {
  const perSecond = (seconds: number) => `${formatRate(1 / seconds)}/s`;
  const { text, rankings } = readClasses
    .map((reads) => standingWords(standings.of({ name: "capacity" }, reads), perSecond, "highest"))
    .reduce(joined, nothing);
  return text === "" ? [] : [{ topic: "Capacity", text, rankings }];
}

function writeLatency(standings: Standings): Concluded[] {
  const words = latencyWords("write", "linearizable", standings);
  return words.text === "" ? [] : [{ topic: "Write latency", ...words }];
}

function readLatency(candidates: readonly Candidate[], standings: Standings): Concluded[] {
  const words = classesOf("read")
    .map((reads) => latencyWords("read", reads, standings))
    .reduce(joined, nothing);
  const fit = candidates.filter(
    (candidate) => isFit(candidate) && candidate.runs.some(({ kinds }) => kinds.read !== undefined),
  );
  const lone = fit.filter((one) => fit.filter(({ reads }) => reads === one.reads).length === 1);
  const apart =
    lone.length > 0 && fit.length > 1
      ? {
          text: `${listed(lone.map(labelOf))} ${lone.length === 1 ? "ranks" : "rank"} nowhere: no other system here makes the same promise to readers.`,
          rankings: [],
        }
      : nothing;
  const { text, rankings } = joined(words, apart);
  return text === "" ? [] : [{ topic: "Read latency", text, rankings }];
}

/** Response times while healthy: at both percentiles, or why there is no ranking. */
function latencyWords(kind: Kind, reads: ReadClass, standings: Standings): Words {
  const by = (percentile: "p50" | "p99") =>
    standings.of({ name: "latency", kind, percentile, measure: "response" } satisfies Figure, reads);
  const [p50, p99] = [by("p50"), by("p99")];
  if (p50.type !== "ranked") return standingWords(p50, formatMicros);
  const parts = [
    { name: "p50", words: standingWords(p50, formatMicros) },
    { name: "p99", words: standingWords(p99, formatMicros) },
  ].filter(({ words }) => words.text !== "");
  return {
    text: `Response time while healthy. ${parts.map(({ name, words }) => `${name}: ${words.text}`).join(" ")}`,
    rankings: parts.flatMap(({ words }) => words.rankings),
  };
}

function standingWords(
  standing: Standing,
  format: (value: number) => string,
  best: "lowest" | "highest" = "lowest",
): Words {
  if (standing.type === "alone") return nothing;
  if (standing.type === "apart") return { text: differenceWords(standing.difference), rankings: [] };
  const { leaders, others } = standing.ranking;
  const each = (ranked: readonly Ranked<Candidate>[]) =>
    listed(ranked.map(({ of, median }) => `${of.label} ${format(median)}`));
  const [lowest] = leaders;
  const first =
    leaders.length === 1 && lowest !== undefined
      ? `${lowest.of.label} is ${best} with ${format(lowest.median)}`
      : `${each(leaders)} are too close to call`;
  const text = `${first}${others.length > 0 ? `, then ${each(others)}` : ""}.`;
  return { text, rankings: [standing.ranking] };
}

function differenceWords({ condition, values }: Difference): string {
  const each = values.map(([candidate, value]) => `${candidate.label} ${value}`);
  const rates = values.flatMap(([{ runs }]) =>
    runs.map(({ run }) => (run.load.kind === "open" && isEven(run.load) ? run.load.rate : Number.NaN)),
  );
  const again =
    condition === "loads" && rates.every(Number.isFinite)
      ? ` To compare, run all with --rate ${Math.min(...rates)}.`
      : "";
  return `Not ranked, because of different ${condition}: ${listed(each)}.${again}`;
}

function notRanked(candidates: readonly Candidate[]): Conclusion[] {
  if (candidates.every(({ runs }) => runs.every(({ run }) => isSweep(run.load))))
    return [
      {
        topic: "Not ranked",
        text: "A sweep overloads a cluster on purpose, and its latencies are those of many rates: each rate is judged by itself.",
      },
    ];
  const limited = candidates.filter(({ caveat }) => caveat !== undefined);
  if (limited.length === 0) return [];
  const reasons = limited.map(
    ({ label, caveat }) =>
      `${label} was ${caveat?.kind}${exceptOutages(caveat)}: ${stopped(caveat?.why ?? "")}`,
  );
  const isAll =
    limited.length === candidates.length && limited.every(({ caveat }) => caveat?.lagOnly !== true);
  const isSpeed = limited.some(({ caveat }) => caveat?.kind !== "leader-changed");
  const again = isSpeed
    ? "Run again at a lower rate or on an idle machine."
    : "Run again without what moves the leader.";
  return [
    {
      topic: "Not ranked",
      text: `${isAll ? "Nothing here can be ranked. " : ""}${reasons.join(" ")} ${again}`,
    },
  ];
}

const exceptOutages = (caveat: Candidate["caveat"]): string =>
  caveat?.lagOnly === true ? " (times without a success count all the same)" : "";

/** A clause that follows a colon, with a full stop. */
const stopped = (clause: string): string => (/[.!?…]$/.test(clause) ? clause : `${clause}.`);

const labelOf = ({ label }: Candidate): string => label;

function certainty(rankings: readonly Ranking<Candidate>[], comparisons: number): Conclusion[] {
  if (rankings.length === 0) return [];
  const ranked = rankings.flatMap(({ leaders, others }) => [...leaders, ...others]);
  const runs = ranked.map(({ values }) => values.length);
  const [least, most] = [Math.min(...runs), Math.max(...runs)];
  const each =
    least === most
      ? `${least === 1 ? "One run" : count(least, "run")} each`
      : `${least} to ${count(most, "run")} each`;
  const repeated = [...new Set(ranked.map(({ of }) => of))].filter(
    (one) => one.runs.length > 1 && hasOneSeed(one),
  );
  const seeds = repeated.length > 0 ? `, those of ${listed(repeated.map(labelOf))} with one seed` : "";
  const needed = runsFor(comparisons);
  const text = rankings.every(({ isFirm }) => isFirm)
    ? `${each}. A difference counts if it is at least ${Math.round((leastRatio - 1) * 100)}% and a Mann–Whitney test of the runs finds it, corrected for all ${count(comparisons, "comparison")} here (5% level).`
    : `${each}${seeds}: the order is indicative. ${count(needed, "run")} each, with different seeds, would show which differences last: add --repeat ${needed}.`;
  return [{ topic: "How sure", text }];
}
