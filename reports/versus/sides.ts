/** Pairs of what stands on the two sides of a comparison, and how their conditions differ. */
import { UsageError } from "../../core/errors.ts";
import { count, listed } from "../../core/wording.ts";
import { type Candidate, optionsOf, trialsOf } from "../comparison/candidates.ts";
import { type Condition, everywhere, ofOutages, sameLoad } from "../comparison/conditions.ts";
import type { RunDigest } from "../comparison/digest.ts";
import type { Topic } from "./quantities.ts";

/** One workload, run on both sides. */
export interface Matchup {
  /** `register`, `register, read-percent=70` */
  readonly workload: string;
  readonly a: Candidate;
  readonly b: Candidate;
  /** Conditions that differ, with the value of each side. */
  readonly differing: readonly Differing[];
}

export interface Differing {
  readonly condition: string;
  readonly a: string;
  readonly b: string;
  /** Topics that cannot be compared for that. */
  readonly forbids: readonly Topic[];
}

interface Entry {
  readonly workload: string;
  readonly candidate: Candidate;
}

/** Pairs the runs of side A with those of side B. A UsageError if something has no partner, or more than one. */
export function matchupsOf(a: readonly RunDigest[], b: readonly RunDigest[]): Matchup[] {
  const [left, right] = [entriesOf(a), entriesOf(b)];
  const partners = left.map((entry) => ({ entry, partner: partnerOf(entry, left, right) }));
  const lone = right.find((entry) => !partners.some(({ partner }) => partner === entry));
  if (lone !== undefined) partnerOf(lone, right, left, "B", "A");
  return partners.map(({ entry, partner }) => ({
    workload: entry.workload,
    a: { ...entry.candidate, style: 0 },
    b: { ...partner.candidate, style: 1 },
    differing: differencesOf(entry.candidate, partner.candidate),
  }));
}

const entriesOf = (digests: readonly RunDigest[]): Entry[] =>
  trialsOf(digests).flatMap(({ workload, candidates }) =>
    candidates.map((candidate) => {
      const [first] = candidate.runs;
      const options = first === undefined ? "" : optionsOf(first.run);
      return { workload: options === "" ? workload : `${workload}, ${options}`, candidate };
    }),
  );

function partnerOf(
  { workload, candidate }: Entry,
  own: readonly Entry[],
  others: readonly Entry[],
  side = "A",
  other = "B",
): Entry {
  const here = own.filter((one) => one.workload === workload);
  const there = others.filter((one) => one.workload === workload);
  const alike = (entries: readonly Entry[]) =>
    entries.filter((one) => kindOf(one.candidate) === kindOf(candidate));
  // One of each is a pair, whatever it is; of several, each goes with its own system and read mode.
  const [mine, theirs] =
    here.length === 1 && there.length === 1 ? [here, there] : [alike(here), alike(there)];
  if (mine.length > 1 || theirs.length > 1)
    throw new UsageError(
      `${mine.length > 1 ? side : other} has ${count(Math.max(mine.length, theirs.length), "configuration")} of ${kindOf(candidate)} with workload ${workload} (${listed((mine.length > 1 ? mine : theirs).map((one) => one.candidate.name))}): give runs of one`,
    );
  const [found] = theirs;
  if (found === undefined)
    throw new UsageError(
      `${kindOf(candidate)} with workload ${workload} is on side ${side} only: give runs of it on both sides of --`,
    );
  return found;
}

const kindOf = ({ runs, readMode }: Candidate): string => `${runs[0]?.run.system.name} (${readMode})`;

/** All differences: those that are meant to be there, such as the version, and those that spoil figures. */
function differencesOf(a: Candidate, b: Candidate): Differing[] {
  const found = ({ name, words, areSame }: Condition, forbids: readonly Topic[]): Differing[] =>
    areSame([a, b]) ? [] : [{ condition: name, a: words(a), b: words(b), forbids }];
  return [
    ...identity.flatMap((one) => found(one, [])),
    ...everywhere.flatMap((one) => found(one, [])),
    ...found(sameLoad, ["latency", "throughput", "cost"]),
    ...ofOutages.flatMap((one) => found(one, ["outage"])),
  ];
}

const byValue = (name: string, of: (run: RunDigest["run"]) => string): Condition => {
  const all = ({ runs }: Candidate) => [...new Set(runs.map(({ run }) => of(run)))].sort();
  return {
    name,
    words: (candidate) => listed(all(candidate)),
    areSame: (candidates) => new Set(candidates.map((one) => all(one).join())).size === 1,
  };
};

const identity: readonly Condition[] = [
  byValue("systems", ({ system }) => system.name),
  byValue("versions", ({ system }) => system.version),
  byValue("read modes", ({ readMode }) => readMode.name),
  byValue("commits of Assay", ({ assay }) => assay.commit ?? assay.version),
  byValue("planted bugs", ({ mutant }) => mutant ?? "none"),
  byValue("versions of Node", ({ machine }) => machine.node),
];
