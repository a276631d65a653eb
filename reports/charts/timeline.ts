import type { Series } from "../data/series.ts";
import type { UsageSeries } from "../data/usage.ts";

/** What the charts over time draw, the same on the server and in the page. All times in seconds since the run began. */
export interface Timeline {
  readonly end: number;
  readonly nodes: readonly string[];
  readonly faults: readonly FaultBand[];
  readonly leaders: readonly LeaderBand[];
  readonly phases: readonly PhaseBand[];
  readonly stale: readonly StaleBand[];
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

export interface StaleBand extends Band {
  readonly node: string;
  readonly reads: number;
  readonly worstMs: number;
}

/** What part of the run is drawn, and how wide. */
export interface View extends Band {
  /** Pixels, margins included. */
  readonly width: number;
}

/** How many colours there are for nodes, for faults and for functions; more of a kind share them. */
export const hues = 6;
