import type { LaneColour } from "../../core/verdict.ts";
import type { Series } from "../data/series.ts";
import type { UsageSeries } from "../data/usage.ts";

/** What the charts over time draw, the same on the server and in the page. All times in seconds since the run began. */
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
  /** `F1`: what the fault is called throughout the report. */
  readonly label: string;
  readonly name: string;
  readonly summary: string;
  readonly nodes: readonly string[];
  readonly proven: boolean;
  /** Which of the fault colours: one for each nemesis of the run. */
  readonly hue: number;
}

export interface LeaderBand extends Band {
  /** Absent while nobody led. */
  readonly node?: string;
}

export interface PhaseBand extends Band {
  readonly name: string;
}

/** What a checker found to have a place in time. */
export interface LaneBand extends Band {
  readonly checker: string;
  readonly label: string;
  /** Absent where it is about no node. */
  readonly node?: string;
  readonly text: string;
  /** For where `text` has no room; perhaps "". */
  readonly short: string;
  readonly colour: LaneColour;
}

/** What part of the run is drawn, and how wide. */
export interface View extends Band {
  /** Pixels, margins included. */
  readonly width: number;
}

/** How many colours there are for nodes, for faults and for operations by name; further ones share them. */
export const hues = 6;
