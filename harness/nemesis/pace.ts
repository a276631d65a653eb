/** Lengths of faults and of the gaps before them: how they are drawn, shrunk to fit a short load, and described. */
import { UsageError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import { type Nanos, nanos, seconds } from "../../core/time.ts";
import { count, listed } from "../../core/wording.ts";
import type { NemesisStep } from "./nemesis.ts";

/** Range, in seconds, from which a length of time is drawn. */
export interface Span {
  readonly min: number;
  readonly max: number;
}

export interface Pace {
  readonly faultSeconds: Span;
  readonly gapSeconds: Span;
  /** Load before the gap before the first fault, seconds; default: none. */
  readonly calmSeconds?: number;
}

/** What ends faults, and the schedule, before their time. */
export interface Endings {
  /** How often each step strikes; undefined: as often as the time allows. */
  readonly strikes?: number;
  /** Whether a fault that struck the leader ends as soon as another node leads and all nodes that were not struck serve. */
  readonly endWhenServed?: boolean;
}

/** Mean lengths in seconds, as options name them. */
export interface MeanPace {
  readonly faultSeconds: number;
  readonly gapSeconds: number;
}

/** Nothing is shrunk below this many seconds. */
const shortestMean = 0.3;
/** A fault is cut short by the end of the load only if this much of it, or all of it, is left. */
const enoughOfFault = seconds(1);
const widest = 1.25;

/** The range around a mean: a quarter more or less. */
export const spanAround = (mean: number): Span => ({ min: mean * 0.75, max: mean * widest });

/** One turn of a schedule, in nanoseconds. */
export interface Turn {
  readonly gap: Nanos;
  readonly fault: Nanos;
}

/** Draws the lengths of turns, without end. `random` is the schedule's own. */
export function* turns(
  random: Random,
  { faultSeconds, gapSeconds, calmSeconds = 0 }: Pace,
): Generator<Turn, never> {
  const times = random.fork("times");
  for (let calm = seconds(calmSeconds); ; calm = nanos(0))
    yield { gap: nanos(calm + draw(times, gapSeconds)), fault: draw(times, faultSeconds) };
}

/** How much time must be left for a drawn fault to be worth injecting. */
export const leastOf = (fault: Nanos): Nanos => nanos(Math.min(fault, enoughOfFault));

const draw = (random: Random, { min, max }: Span): Nanos =>
  nanos(Math.round(seconds(min + random.float() * (max - min))));

/** Seconds that every step needs to strike once, with any seed. */
const neededSeconds = (steps: number, { faultSeconds, gapSeconds, calmSeconds = 0 }: Pace): number =>
  calmSeconds + steps * (faultSeconds.max + gapSeconds.max);

/** Rejects a main phase that is too short for every step to strike once, with any seed. */
export function assertScheduleFits(steps: readonly NemesisStep[], pace: Pace, mainSeconds: number): void {
  const needed = neededSeconds(steps.length, pace);
  // Products of decimal fractions are not exact.
  if (needed <= mainSeconds + 1e-9) return;
  throw tooShort(steps.length, needed, mainSeconds);
}

/**
 * Shortens those mean lengths that are not `fixed`, to 0.3 s at the least, until each of the `steps` strikes once in the load.
 * A UsageError if that is not enough.
 */
export function fitted(
  asked: MeanPace,
  fixed: ReadonlySet<keyof MeanPace>,
  steps: readonly NemesisStep[],
  mainSeconds: number,
): MeanPace {
  const room = mainSeconds / (steps.length * widest);
  if (steps.length === 0 || total(asked) <= room) return asked;
  const shortest = (name: keyof MeanPace) =>
    fixed.has(name) ? asked[name] : Math.min(shortestMean, asked[name]);
  const least = { faultSeconds: shortest("faultSeconds"), gapSeconds: shortest("gapSeconds") };
  if (total(least) > room) throw tooShort(steps.length, total(least) * steps.length * widest, mainSeconds);
  // Between the least and what was asked, both at the same share of the way.
  const share = (room - total(least)) / (total(asked) - total(least));
  const shrunk = (name: keyof MeanPace) =>
    fixed.has(name)
      ? asked[name]
      : Math.floor((least[name] + (asked[name] - least[name]) * share) * 100) / 100;
  return { faultSeconds: shrunk("faultSeconds"), gapSeconds: shrunk("gapSeconds") };
}

const total = ({ faultSeconds, gapSeconds }: MeanPace): number => faultSeconds + gapSeconds;

const tooShort = (steps: number, needed: number, mainSeconds: number): UsageError =>
  new UsageError(
    `${count(steps, "fault")} and the ${steps === 1 ? "gap" : "gaps"} before can take up to ${rounded(needed)} s, but the load lasts ${mainSeconds} s: use --seconds ${Math.ceil(needed)}, fewer faults in --nemesis, or a shorter --fault-seconds or --gap-seconds`,
  );

/** The steps that strike in `mainSeconds` if the cluster always recovers within the gap, and no fault ends early. `random` is the schedule's own. */
export function plannedSteps(
  steps: readonly NemesisStep[],
  pace: Pace & { readonly endings?: Endings },
  random: Random,
  mainSeconds: number,
): NemesisStep[] {
  const { strikes = Number.POSITIVE_INFINITY, endWhenServed = false } = pace.endings ?? {};
  const most = strikes * steps.length;
  const planned: NemesisStep[] = [];
  if (steps.length === 0) return planned;
  // Faults that end early leave time for all.
  if (endWhenServed && Number.isFinite(most))
    return Array.from({ length: most }, (_, i) => steps[i % steps.length] ?? []);
  const end = seconds(mainSeconds);
  let now = 0;
  for (const { gap, fault } of turns(random, pace)) {
    if (now + gap + leastOf(fault) > end || planned.length >= most) break;
    now = Math.min(now + gap + fault, end);
    planned.push(steps[planned.length % steps.length] ?? []);
  }
  return planned;
}

/** `plan: 10 s of load, 4 faults of 1.2 to 2 s (partition, kill and pause in turn), 0.8 to 1.3 s apart` */
export function describePlan(
  steps: readonly NemesisStep[],
  pace: Pace & { readonly endings?: Endings },
  random: Random,
  mainSeconds: number,
): string {
  const { strikes, endWhenServed = false } = pace.endings ?? {};
  const load = `plan: ${strikes !== undefined ? "at most " : ""}${rounded(mainSeconds)} s of load`;
  if (steps.length === 0) return `${load}, no faults`;
  const planned = count(plannedSteps(steps, pace, random, mainSeconds).length, "fault");
  const names = steps.map(stepName);
  const kinds = names.length === 1 ? names[0] : `${listed(names)} in turn`;
  const faults = endWhenServed && strikes === undefined ? `at least ${planned}` : planned;
  const lengths = `${range(pace.faultSeconds)}${endWhenServed ? ", less if the leader was struck and the others serve again" : ""}`;
  return `${load}, ${faults} of ${lengths} (${kinds}), ${range(pace.gapSeconds)} apart`;
}

/** Name of a step, as in `--nemesis`. */
export const stepName = (step: NemesisStep): string => step.map((nemesis) => nemesis.name).join("+");

const rounded = (number: number): string => String(Math.round(number * 100) / 100);

function range({ min, max }: Span): string {
  const [from, to] = [min, max].map((bound) => String(Math.round(bound * 10) / 10)) as [string, string];
  return from === to ? `${to} s` : `${from} to ${to} s`;
}
