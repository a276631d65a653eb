/** Whether a run's speed says something about the system: the one rule for this, for all that a page shows. */
import type { Run } from "../../core/run.ts";
import { count } from "../../core/wording.ts";
import { formatFigure } from "../numbers.ts";

/** Why a speed is not the system's. `overloaded`: latencies are those of a queue, or of the lucky ones. */
export interface SpeedCaveat {
  readonly kind: "overloaded" | "client-limited";
  /** A few words, next to a figure: `overloaded: 120/s of 500/s sent`. */
  readonly short: string;
  /** Clause that gives the reason. */
  readonly why: string;
}

/** Least share of the rate that older runs, which do not say whether they were overloaded, must have sent. */
const sentShare = 0.95;

/** The caveat on a run's speed; undefined if the load was sent as it was meant, and neither it nor its clients were too much. */
export function speedCaveat(
  run: Pick<Run, "load" | "verdicts" | "overloaded" | "unsent" | "client">,
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
  if (client.limited === undefined) return undefined;
  return { kind: "client-limited", short: "client-limited", why: client.limited };
}

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
