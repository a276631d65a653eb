/** What a chooser chooses from: a system in a read mode under a load, with all its runs. */
import type { Consistency } from "../../core/consistency.ts";
import type { Load, Run } from "../../core/run.ts";
import { type VerdictKind, worst } from "../../core/verdict.ts";
import { count, either } from "../../core/wording.ts";
import { arrivalWords, isEven, paceWords, retryWords } from "../data/pace.ts";
import { jointCaveat, type SpeedCaveat } from "../data/speed.ts";
import { formatFigure } from "../numbers.ts";
import type { RunDigest } from "./digest.ts";
import { faultWords, settings } from "./options.ts";

/** Promises that are alike enough for reads to be compared. */
export const readClasses = ["linearizable", "known-limits", "session", "stale"] as const;
export type ReadClass = (typeof readClasses)[number];

const classOf: Readonly<Record<Consistency, ReadClass>> = {
  linearizable: "linearizable",
  "linearizable-known-limits": "known-limits",
  sequential: "session",
  "stale-monotonic": "stale",
  stale: "stale",
};

const readsOf = ({ run }: RunDigest): ReadClass => classOf[run.readMode.promises];

export const classWords: Readonly<Record<ReadClass, string>> = {
  linearizable: "Linearizable reads",
  "known-limits": "Reads that are up to date, but for a known limit",
  session: "Reads in session order, which may be stale",
  stale: "Reads that may be stale",
};

export interface Candidate {
  /** `etcd 3.5.16`, and what tells it apart from another candidate of the same page, if anything must. */
  readonly name: string;
  /** For sentences: `etcd (linearizable)`, with the full name only if another candidate would be called the same. */
  readonly label: string;
  readonly readMode: string;
  readonly reads: ReadClass;
  /** At least one; repetitions, which should differ in their seed. */
  readonly runs: readonly RunDigest[];
  /** The worst of its runs. */
  readonly verdict: VerdictKind;
  readonly caveat?: SpeedCaveat;
  /** How many runs were client-limited. */
  readonly limitedRuns: number;
  /** Name of a planted bug. */
  readonly mutant?: string;
  /** Colour and line style, by position on the page. */
  readonly style: number;
}

/** Number of line styles; further candidates reuse them. */
export const styles = 6;

/** Runs of one workload with the same options, in open loops or in closed ones: what is compared on its own. */
export interface Trial {
  readonly workload: string;
  /** What tells it apart from another trial of the same workload: `read-percent=70`, `closed loop`; "" if nothing must. */
  readonly variant: string;
  /** Those with reads of one class next to each other. */
  readonly candidates: readonly Candidate[];
}

/** Groups runs by workload, then by what was tried, both in the order of their first runs. */
export function trialsOf(digests: readonly RunDigest[]): Trial[] {
  const trials = grouped(digests, ({ run }) => `${run.workload} ${run.load.kind} ${optionsOf(run)}`);
  return trials.map((own) => {
    const { run } = own[0] as RunDigest;
    const namesakes = trials.flatMap(([other]) => (other?.run.workload === run.workload ? [other.run] : []));
    const differ = (of: (one: Run) => string) => new Set(namesakes.map(of)).size > 1;
    const apart = [
      ...(differ(optionsOf) ? [optionsOf(run) || "default options"] : []),
      ...(differ(({ load }) => load.kind) ? [`${run.load.kind} loop`] : []),
    ];
    return { workload: run.workload, variant: apart.join(", "), candidates: candidatesOf(own) };
  });
}

/** Options of the workload, in words; empty if all have their defaults. */
export const optionsOf = ({ workloadRun }: Run): string =>
  Object.entries(workloadRun?.options ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(", ");

function candidatesOf(digests: readonly RunDigest[]): Candidate[] {
  const found = grouped(digests, ({ run }) => JSON.stringify([title(run), ...distinctions(run)]));
  const all = readClasses.flatMap((reads) => found.filter(([first]) => first && readsOf(first) === reads));
  return all.map((runs, i) => {
    const { run } = runs[0] as RunDigest;
    const namesakes = all.flatMap(([other]) =>
      other !== undefined && title(other.run) === title(run) ? [other.run] : [],
    );
    const apart = distinctions(run).filter((_, j) =>
      namesakes.some((other) => distinctions(other)[j] !== distinctions(run)[j]),
    );
    const name = [`${run.system.name} ${run.system.version}`, ...apart].join(", ");
    const isAlone = all.every(([other]) => other?.run === run || shortTitle(other?.run) !== shortTitle(run));
    return {
      name,
      label: `${isAlone ? run.system.name : name} (${run.readMode.name})`,
      readMode: run.readMode.name,
      reads: readsOf(runs[0] as RunDigest),
      runs,
      verdict: worst(runs.map((one) => one.run.verdict)),
      ...jointCaveat(runs.map((one) => one.run)),
      ...(run.mutant !== undefined && { mutant: run.mutant }),
      style: i % styles,
    };
  });
}

const title = ({ system, readMode }: RunDigest["run"]): string =>
  `${system.name} ${system.version} ${readMode.name}`;

const shortTitle = (run: RunDigest["run"] | undefined): string => `${run?.system.name} ${run?.readMode.name}`;

/** What makes two runs of a system in a read mode different candidates, in words. */
const distinctions = (run: RunDigest["run"]): string[] => [
  run.mutant === undefined ? "no planted bug" : `planted bug ${run.mutant}`,
  run.runtime,
  count(run.nodes.length, "node"),
  ...settings.map(({ words }) => words(run)),
  askedLoad(run),
  `${formatFigure(run.load.seconds)} s of load`,
  faultWords(run),
];

/** The load as it was asked for: a calibration chooses a slightly different rate each time. */
function askedLoad({ load, calibration }: Run): string {
  if (calibration === undefined) return loadWords([load]);
  const asked =
    calibration.shares !== undefined
      ? `${calibration.shares} of ${calibration.kneeRate === undefined ? "what the warm-up reached" : "the knee"}`
      : `calibrated to at most ${formatFigure(calibration.askedRate)}/s`;
  return load.kind === "open" ? `${asked}${arrivalWords(load.arrivals)}${retryWords(load)}` : asked;
}

/** The load of each run in a few words: `500/s offered`, `210 to 230/s offered`, `12 clients in a closed loop`. */
export function loadWords(loads: readonly Load[]): string {
  const opens = loads.filter((load) => load.kind === "open");
  const rates = opens.filter(isEven).map(({ rate }) => rate);
  const shaped = opens.filter((load) => !isEven(load)).map((load) => `${paceWords(load)} offered`);
  const ends = new Set([Math.min(...rates), Math.max(...rates)].map(formatFigure));
  const closed = loads.flatMap((load) =>
    load.kind === "closed" ? [`${count(load.processes, "client")} in a closed loop`] : [],
  );
  return either([
    ...(rates.length > 0 ? [`${[...ends].join(" to ")}/s offered`] : []),
    ...new Set([...shaped, ...closed]),
  ]);
}

function grouped<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
