import type { Curve, LaneColour } from "../../core/verdict.ts";
import type { Measure } from "../data/measure.ts";
import type { RequestedLine } from "../data/pace.ts";
import type { Series } from "../data/series.ts";
import type { UsageSeries } from "../data/usage.ts";

/** Data of all charts over time, the same in the renderer and in the page. Times are seconds since the run began. */
export interface Timeline {
  readonly end: number;
  readonly nodes: readonly string[];
  readonly faults: readonly FaultBand[];
  readonly leaders: readonly LeaderBand[];
  readonly phases: readonly PhaseBand[];
  readonly lanes: readonly LaneBand[];
  readonly curves: readonly CurveBand[];
  readonly series: Series;
  readonly usage: UsageSeries;
  /** Absent in a closed loop, and where no run says what was requested. */
  readonly requested?: RequestedLine;
}

interface Band {
  readonly from: number;
  readonly to: number;
}

export interface FaultBand extends Band {
  /** Name of the fault throughout the report: `F1`. */
  readonly label: string;
  readonly name: string;
  readonly summary: string;
  readonly nodes: readonly string[];
  readonly proven: boolean;
  /** Colour number: one for each nemesis of the run. */
  readonly hue: number;
}

export interface LeaderBand extends Band {
  /** Absent while there was no leader. */
  readonly node?: string;
}

export interface PhaseBand extends Band {
  readonly name: string;
}

/** Finding of a checker that has a place in time. */
export interface LaneBand extends Band {
  readonly checker: string;
  readonly label: string;
  /** Absent if it belongs to no node. */
  readonly node?: string;
  readonly text: string;
  /** Shorter text for when `text` does not fit; may be "". */
  readonly short: string;
  readonly colour: LaneColour;
}

/** Measure over time of one checker, of one node or of all. */
export interface CurveBand {
  readonly checker: string;
  readonly label: string;
  readonly node?: string;
  /** Begin and end of each step, seconds. */
  readonly from: Float32Array;
  readonly to: Float32Array;
  /** Median and worst, milliseconds. */
  readonly p50: Float32Array;
  readonly worst: Float32Array;
}

/** Makes a curve as charts draw it. */
export const curveBand = (checker: string, { label, node, step, steps }: Curve): CurveBand => ({
  checker,
  label,
  ...(node !== undefined && { node }),
  from: Float32Array.from(steps, ({ at }) => at / 1e9),
  to: Float32Array.from(steps, ({ at }) => (at + step) / 1e9),
  p50: Float32Array.from(steps, ({ p50Ms }) => p50Ms),
  worst: Float32Array.from(steps, ({ worstMs }) => worstMs),
});

/** Part of the run that is drawn, and the width of the drawing. */
export interface View extends Band {
  /** Pixels, margins included. */
  readonly width: number;
}

/** What of the operations the charts show: one name or all (`""`), placed and timed by one measure. */
export interface Shown {
  readonly f: string;
  readonly measure: Measure;
}

/** Number of colours each for nodes, faults and operations; further ones reuse them. */
export const hues = 6;
