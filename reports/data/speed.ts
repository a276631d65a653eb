/** Whether a run's speed says something about the system: the one rule for this, for all that a page shows. */
import { busyEventLoop, lagShareOfP99 } from "../../core/load/client-limit.ts";
import type { Run, Target } from "../../core/run.ts";
import { type Nanos, toSeconds } from "../../core/time.ts";
import { count, listed } from "../../core/wording.ts";
import { formatFigure, formatSpan } from "../numbers.ts";

/**
 * Why a speed is not the system's. `overloaded`: latencies are those of a queue, or of the lucky ones. `leader-changed`: clients
 * that were pinned to a role were so for a part of the load only.
 */
export interface SpeedCaveat {
  readonly kind: "overloaded" | "client-limited" | "leader-changed";
  /** A few words, next to a figure: `overloaded: 120/s of 500/s sent`. */
  readonly short: string;
  /** Clause that gives the reason. */
  readonly why: string;
  /** Set if the generator's lag alone is the reason, and too short to matter for times without a success. */
  readonly lagOnly?: true;
}

export const caveatTitles: Readonly<Record<SpeedCaveat["kind"], string>> = {
  overloaded: "Overloaded",
  "client-limited": "Client-limited",
  "leader-changed": "Leader changed",
};

/** Least share of the rate that older runs, which do not say whether they were overloaded, must have sent. */
const sentShare = 0.95;

/** The caveat on a run's speed; undefined if the load was sent as it was meant, and neither it nor its clients were too much. */
export function speedCaveat(
  run: Pick<Run, "load" | "verdicts" | "overloaded" | "unsent" | "client" | "target">,
): SpeedCaveat | undefined {
  const { client } = run;
  const sent = sentPerSecond(run);
  const requested = requestedPerSecond(run);
  if (requested !== undefined && isOverloaded(run, requested, sent)) {
    const never = (run.unsent ?? [])
      .filter(({ because = "busy" }) => because === "busy")
      .reduce((sum, span) => sum + span.count, 0);
    const rate = `${sent === undefined ? "" : `${formatFigure(Math.round(sent))}/s of `}${formatFigure(Math.round(requested * 10) / 10)}/s`;
    return {
      kind: "overloaded",
      short: sent === undefined ? "overloaded" : `overloaded: ${rate} sent`,
      why: `more was requested than the healthy cluster could take (${rate} sent${never > 0 ? `, ${count(never, "operation")} never` : ""}), so latencies are those of a queue`,
    };
  }
  if (client.limited !== undefined)
    return {
      kind: "client-limited",
      short: "client-limited",
      why: client.limited,
      ...(isLagOnly(run) && { lagOnly: true as const }),
    };
  if (run.target?.changedAt === undefined) return undefined;
  return {
    kind: "leader-changed",
    short: "leader changed",
    why: changeWords(run.target, run.target.changedAt),
  };
}

/** A tenth of 100 ms, the least difference between two times without a success that counts. */
const mostLagMs = 100 * lagShareOfP99;

const isLagOnly = ({ load, client }: Pick<Run, "load" | "client">): boolean =>
  load.kind === "open" && client.eventLoopUtilization <= busyEventLoop && client.sendLagMsP99 <= mostLagMs;

/**
 * The caveat on the median speed of repetitions, and how many of them were client-limited. Their generators were, if at least half
 * of them were: fewer make figures noisier, and say nothing about the system. Any other caveat is one on all.
 */
export function jointCaveat(runs: readonly Parameters<typeof speedCaveat>[0][]): {
  readonly caveat?: SpeedCaveat;
  readonly limitedRuns: number;
} {
  const caveats = runs.flatMap((run) => speedCaveat(run) ?? []);
  const limited = caveats.filter(({ kind }) => kind === "client-limited");
  const [other] = caveats.filter(({ kind }) => kind !== "client-limited");
  const limitedRuns = limited.length;
  if (other !== undefined) return { caveat: other, limitedRuns };
  const [first] = limited;
  if (first === undefined || limitedRuns * 2 < runs.length) return { limitedRuns };
  const short = runs.length === 1 ? first.short : `client-limited in ${limitedRuns} of ${runs.length} runs`;
  const { lagOnly, ...caveat } = { ...first, short };
  const all = lagOnly === true && limited.every((one) => one.lagOnly === true);
  return { caveat: { ...caveat, ...(all && { lagOnly }) }, limitedRuns };
}

const changeWords = ({ role, nodes }: Target, changedAt: Nanos): string =>
  `another node led from ${formatSpan(toSeconds(changedAt))} on, so latencies are not those of ${role === "leader" ? "the leader" : "followers"} alone (clients stayed at ${listed(nodes)})`;

/** Where the clients were: `the leader (n2)`, `all nodes`. */
export const targetWords = (target: Target | undefined): string =>
  target === undefined
    ? "all nodes"
    : `${target.role === "leader" ? "the leader" : "followers"} (${listed(target.nodes)})`;

/** What carried the clients' requests: `a connection for each client`, `2 connections for each worker and node`. */
export const connectionWords = (connections: number | undefined): string =>
  connections === undefined
    ? "a connection for each client"
    : `${count(connections, "connection")} for each worker and node`;

/** Operations of the load per second that were sent. */
export const sentPerSecond = ({ verdicts }: Pick<Run, "verdicts">): number | undefined =>
  verdicts.find(({ checker }) => checker === "load")?.figures?.["operations per second"];

/** Operations that an open load requested per second, on average until it ended; undefined of a closed loop. */
export const requestedPerSecond = ({ load, verdicts }: Pick<Run, "load" | "verdicts">): number | undefined =>
  load.kind === "closed"
    ? undefined
    : (verdicts.find(({ checker }) => checker === "load")?.figures?.["requested per second"] ?? load.rate);

/** The harness decides; only where an older run does not say, the rate does. */
const isOverloaded = (
  { overloaded }: Pick<Run, "overloaded">,
  rate: number,
  sent: number | undefined,
): boolean => overloaded ?? (sent !== undefined && sent < sentShare * rate);
