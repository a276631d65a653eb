/** The rate of an open load that is chosen from what the healthy cluster did before the run. */
import type { Knee } from "../../../core/load/knee.ts";
import { rateText, scaled } from "../../../core/load/rate.ts";
import type { Calibration, OpenLoad } from "../../../core/run.ts";
import type { TrialSpec } from "../spec.ts";

/** A default rate is this share of what a closed loop reached, at most. */
const calibratedShare = 0.5;

export interface ChosenRate {
  readonly load: OpenLoad;
  readonly calibration: Calibration;
  /** For people; absent if the rate is the default. */
  readonly line?: string;
}

/** What the healthy cluster did, in operations per second: in a closed loop, and in an open one where that was asked for. */
export interface Measured {
  readonly reached: number;
  readonly knee: Knee | undefined;
}

/** Undefined if the user named the rate. */
export function chooseRate(
  load: OpenLoad,
  { calibrate, shares }: Pick<TrialSpec, "calibrate" | "shares">,
  { reached, knee }: Measured,
): ChosenRate | undefined {
  const reachedText = `${Math.round(reached)}/s`;
  if (shares !== undefined) {
    const chosen = scaled(load, (knee?.rate ?? reached) / 100);
    return {
      load: chosen,
      calibration: {
        askedRate: chosen.rate,
        reachedRate: reached,
        shares,
        ...(knee !== undefined && { kneeRate: knee.rate }),
        ...(knee?.isClientLimited === true && { kneeClientLimited: true as const }),
      },
      line: `${rateText(chosen)} operations/s: ${shares} of the ${knee === undefined ? `${reachedText} that the warm-up reached` : `knee, ${Math.round(knee.rate)}/s${knee.isClientLimited ? " (client-limited: the load generator did not keep up above it)" : ""}`}`,
    };
  }
  if (!calibrate) return undefined;
  const asked = load.rate;
  const rate = Math.max(1, Math.min(asked, Math.floor(reached * calibratedShare)));
  return {
    load: { ...load, rate },
    calibration: { askedRate: asked, reachedRate: reached },
    ...(rate < asked && {
      line: `${rate} operations/s instead of ${asked}: half of the ${reachedText} that the healthy cluster did on this machine (--rate N overrides)`,
    }),
  };
}
