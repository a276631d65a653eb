import type { LaneColour } from "../../core/verdict.ts";
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
  readonly series: Series;
  readonly usage: UsageSeries;
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

/** Part of the run that is drawn, and the width of the drawing. */
export interface View extends Band {
  /** Pixels, margins included. */
  readonly width: number;
}

/** Number of colours each for nodes, faults and operations; further ones reuse them. */
export const hues = 6;
