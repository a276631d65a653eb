/** What each fault did to clients: before, during and after it, and how soon they were served again. */

import { isAnswer } from "../../core/errors.ts";
import type { FaultWindow, LeaderSpan } from "../../core/fault.ts";
import type { NodeId, Operation } from "../../core/op.ts";
import { type Nanos, nanos, seconds } from "../../core/time.ts";
import { isReading, longest, type Outage, type Outages } from "./availability.ts";
import { healBegan, outAtHeal, type UntilHealed } from "./heal.ts";
import { lostByFault } from "./lost.ts";
import { firstFrom, type Measure, startOf, type Timed, tookMicros, within } from "./measure.ts";
import { figuresIn, type Period, type PeriodFigures } from "./phases.ts";

/** Longest time before a fault, and after it, that is compared with it. */
const around = seconds(5);
/** Clients are served as before once this many operations in a row are answered in time, but for one. */
const inARow = 20;
/** Shorter periods without a success are counted as pauses between answers, not as outages. */
const leastOutage = seconds(0.1);

/** Times are seconds since the fault's begin; a member that is absent did not happen before the next fault, or the end. */
export interface FaultFigures {
  /** What the nodes that were hit did when it struck; `unknown` if nobody knows who led. */
  readonly roles: readonly { readonly node: NodeId; readonly role: "leader" | "follower" | "unknown" }[];
  /** When the leader that was struck was no longer taken for the leader; absent, too, if it stayed. */
  readonly leaderLostSeconds?: number;
  /** When a leader was known again; absent, too, if the leader stayed. */
  readonly leaderSeconds?: number;
  /** First answers to operations that were sent after it began. */
  readonly firstWriteSeconds?: number;
  readonly firstReadSeconds?: number;
  /**
   * Longest periods that overlap the fault in which operations were pending and none succeeded; 0 if there is none, absent if the
   * run has no such operations.
   */
  readonly withoutAnySeconds?: number;
  readonly withoutWriteSeconds?: number;
  readonly withoutReadSeconds?: number;
  /** When its heal began. */
  readonly healSeconds: number;
  /** Which of these lasted until then: their lengths are lower bounds. */
  readonly untilHealed: UntilHealed;
  /** Whether what clients send, writes and reads, succeeded again before that, and did so when the heal began. */
  readonly servedBeforeHeal: boolean;
  /** Acknowledged writes that were lost, as `lostByFault` counts them; absent if no checker looked. */
  readonly lostWrites?: number;
  readonly response: FaultLatency;
  /** Absent if no operation was meant to start before it was sent. */
  readonly service?: FaultLatency;
}

/** Operations by when they start, by one measure. */
export interface FaultLatency {
  /** At most 5 s, since the fault before. */
  readonly before: PeriodFigures;
  readonly during: PeriodFigures;
  /** At most 5 s, until the next fault. */
  readonly after: PeriodFigures;
  /** Writes that were pending while the fault lasted and had no effect, or an unknown one. */
  readonly failedWrites: number;
  readonly unknownWrites: number;
  /**
   * When operations were answered within the healthy 99th percentile again: neither before the first write succeeded, nor before
   * the outages that overlap the fault ended. Absent, too, if that percentile is not known.
   */
  readonly healthySeconds?: number;
  /** Whether the healthy 99th percentile is known, so that an absent time means that it did not come. */
  readonly isHealthyKnown: boolean;
}

export interface FaultFiguresInput {
  /** In order of their begin. */
  readonly faults: readonly FaultWindow[];
  readonly leaders: readonly LeaderSpan[];
  /** The operations by when they were meant to start, and by when they were sent if that is not the same. */
  readonly meant: Timed;
  readonly sent?: Timed;
  readonly outages: Outages;
  /** From the acknowledgement of each lost write until a read lacked it; absent if no checker looked. */
  readonly lost?: readonly Period[];
  /** Microseconds; NaN if too few operations were healthy. */
  readonly healthyP99: Readonly<Record<Measure, number>>;
  readonly end: Nanos;
}

/** Figures of each fault, in the order of the faults. Takes time in proportion to the operations, not to their product with the faults. */
export function faultFigures(input: FaultFiguresInput): FaultFigures[] {
  const { faults, meant, sent, outages, lost } = input;
  const lostAt = lost && lostByFault(faults, lost);
  const touching = {
    all: longestTouching(outages.all),
    writes: longestTouching(outages.writes),
    reads: longestTouching(outages.reads),
  };
  const served = servedFrom(input);
  const atHeal = outAtHeal(outages, leastOutageOf(input));
  return faults.map((fault, i) => {
    const others = neighbours(faults, i, input.end);
    const follow = within(sent ?? meant, fault.from, others.next);
    const latency = (all: Timed) =>
      latencyOf(fault, all, { ...others, served: served(fault, follow) }, input);
    const firstWrite = firstOk(fault, follow, (operation) => !isReading(operation));
    const firstRead = firstOk(fault, follow, isReading);
    const healSeconds = (healBegan(fault) - fault.from) / 1e9;
    const untilHealed = atHeal(fault);
    const isServed = (first: number | undefined, periods: readonly Outage[]) =>
      periods.length === 0 || (first !== undefined && first < healSeconds);
    return {
      roles: rolesOf(fault),
      ...leaderChange(fault, input.leaders, others.next),
      ...optional("firstWriteSeconds", firstWrite),
      ...optional("firstReadSeconds", firstRead),
      ...optional("withoutAnySeconds", touching.all(fault)),
      ...optional("withoutWriteSeconds", touching.writes(fault)),
      ...optional("withoutReadSeconds", touching.reads(fault)),
      healSeconds,
      untilHealed,
      servedBeforeHeal:
        !(untilHealed.any || untilHealed.writes || untilHealed.reads) &&
        outages.all.length > 0 &&
        isServed(firstWrite, outages.writes) &&
        isServed(firstRead, outages.reads),
      ...optional("lostWrites", lostAt?.[i]),
      response: latency(meant),
      ...(sent !== undefined && { service: latency(sent) }),
    };
  });
}

const optional = <Name extends string>(name: Name, value: number | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: number };

/** End of the faults before, and begin of the next one that does not overlap. */
function neighbours(faults: readonly FaultWindow[], i: number, end: Nanos): { ended: Nanos; next: Nanos } {
  const { from, to } = faults[i] as FaultWindow;
  let ended = nanos(0);
  for (let j = i - 1; j >= 0 && j >= i - 4; j--) ended = nanos(Math.max(ended, faults[j]?.to ?? 0));
  let next = i + 1;
  while (next < faults.length && (faults[next] as FaultWindow).from < to) next++;
  return { ended: nanos(Math.min(ended, from)), next: faults[next]?.from ?? end };
}

function rolesOf({ nodes, led }: FaultWindow): FaultFigures["roles"] {
  return nodes.map((node) => ({
    node,
    role: led === undefined ? "unknown" : node === led ? "leader" : "follower",
  }));
}

/** When the old leader was lost, and when a leader was seen again; nothing if it was not lost before the next fault. */
function leaderChange(
  { from, led }: FaultWindow,
  leaders: readonly LeaderSpan[],
  next: Nanos,
): Pick<FaultFigures, "leaderLostSeconds" | "leaderSeconds"> {
  const old = led ?? leaders.findLast((span) => span.from <= from)?.node;
  const changed = leaders.findIndex((span) => span.from >= from && span.from <= next && span.node !== old);
  const lost = leaders[changed];
  if (lost === undefined) return {};
  const known = leaders.slice(changed).find(({ node }) => node !== undefined);
  const since = (span: LeaderSpan | undefined) =>
    span === undefined || span.from > next ? undefined : (span.from - from) / 1e9;
  return {
    ...optional("leaderLostSeconds", since(lost)),
    ...optional("leaderSeconds", since(known)),
  };
}

/**
 * Looks up when clients were served again after a fault: after its last outages, and once a write has succeeded. Undefined if
 * writes were sent and none did.
 */
function servedFrom(
  input: FaultFiguresInput,
): (fault: FaultWindow, follow: readonly Operation[]) => Nanos | undefined {
  const { outages } = input;
  const least = leastOutageOf(input);
  const lookups = [outages.all, outages.writes].map((periods) =>
    touching(periods.filter(({ from, to }) => to - from >= least)),
  );
  return (fault, follow) => {
    const ends = lookups.map((lookup) => lookup(fault).at(-1)?.to ?? fault.from);
    const isWrite = (operation: Operation) => !isReading(operation);
    const firstWrite = follow.some(isWrite) ? firstOk(fault, follow, isWrite) : 0;
    if (firstWrite === undefined) return undefined;
    return nanos(Math.max(fault.from + Math.round(seconds(firstWrite)), ...ends));
  };
}

/** A healthy cluster may be slow, too. */
const leastOutageOf = ({ healthyP99: { service } }: FaultFiguresInput): number =>
  Math.max(leastOutage, Number.isFinite(service) ? service * 1e3 : 0);

/** Seconds until the first `ok` answer to an operation of a kind; `follow` are those sent since the fault began. */
function firstOk(
  { from }: FaultWindow,
  follow: readonly Operation[],
  isOfKind: (operation: Operation) => boolean,
): number | undefined {
  let first = Number.POSITIVE_INFINITY;
  for (const operation of follow) {
    if (operation.invokedAt >= first) break;
    if (operation.outcome.type === "ok" && isOfKind(operation))
      first = Math.min(first, operation.completedAt);
  }
  return Number.isFinite(first) ? (first - from) / 1e9 : undefined;
}

/** Looks up the longest of `periods` that overlaps a fault, in seconds; undefined if there are no periods at all. */
function longestTouching(periods: readonly Outage[]): (fault: FaultWindow) => number | undefined {
  const lookup = touching(periods);
  return (fault) => {
    if (periods.length === 0) return undefined;
    const worst = longest(lookup(fault));
    return worst === undefined ? 0 : (worst.to - worst.from) / 1e9;
  };
}

/** Looks up those of `periods`, which are in order, that overlap a fault. */
function touching(periods: readonly Outage[]): (fault: FaultWindow) => readonly Outage[] {
  const ends = Float64Array.from(periods, ({ to }) => to);
  return ({ from, to }) => {
    const found: Outage[] = [];
    for (let i = firstFrom(ends, from); i < periods.length; i++) {
      const period = periods[i] as Outage;
      if (period.from > to) break;
      found.push(period);
    }
    return found;
  };
}

function latencyOf(
  { from, to }: FaultWindow,
  operations: Timed,
  {
    ended,
    next,
    served,
  }: { readonly ended: Nanos; readonly next: Nanos; readonly served: Nanos | undefined },
  { healthyP99, end }: FaultFiguresInput,
): FaultLatency {
  const { measure } = operations;
  const period = (begin: number, last: number) =>
    figuresIn(operations, [{ from: nanos(begin), to: nanos(Math.max(begin, last)) }], end);
  // What was pending when the fault began counts, too, but not what another fault had already struck.
  const pending = within(operations, Math.max(ended, from - around), to);
  const writes = (type: "fail" | "info") =>
    pending.filter(
      (operation) =>
        operation.outcome.type === type &&
        operation.completedAt >= from &&
        !isReading(operation) &&
        !isRefused(operation),
    ).length;
  return {
    before: period(Math.max(ended, from - around), from),
    during: period(from, to),
    after: period(to, Math.min(next, to + around)),
    failedWrites: writes("fail"),
    unknownWrites: writes("info"),
    isHealthyKnown: Number.isFinite(healthyP99[measure]),
    ...(served !== undefined &&
      optional(
        "healthySeconds",
        healthySeconds(from, within(operations, served, next), healthyP99[measure], operations, end),
      )),
  };
}

/** A refused comparison is an answer, whichever way the system refuses: nothing failed. */
const isRefused = ({ outcome }: Operation): boolean =>
  outcome.type === "fail" && isAnswer(outcome.error.code);

/** Start of the first of enough operations in a row that were answered in time, but for one, in seconds since `from`. */
function healthySeconds(
  from: Nanos,
  follow: readonly Operation[],
  limit: number,
  { measure }: Timed,
  end: Nanos,
): number | undefined {
  if (!Number.isFinite(limit)) return undefined;
  const isBad = (operation: Operation) =>
    (operation.outcome.type !== "ok" && !isRefused(operation)) || tookMicros(operation, measure, end) > limit;
  let run: Operation[] = [];
  let bad = 0;
  for (const operation of follow) {
    run.push(operation);
    if (isBad(operation)) bad++;
    while (bad > 1 || (run[0] !== undefined && isBad(run[0]))) {
      if (run[0] !== undefined && isBad(run[0])) bad--;
      run = run.slice(1);
    }
    if (run.length < inARow) continue;
    const first = run[0] as Operation;
    return Math.max(0, startOf(first, measure) - from) / 1e9;
  }
  return undefined;
}
