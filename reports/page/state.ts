import type { Timeline, View } from "../charts/timeline.ts";
import type { Measure } from "../data/measure.ts";

/** State shared by all charts over time. */
export interface ChartState {
  from: number;
  to: number;
  /** Name of the operation shown; `""` for all. */
  f: string;
  measure: Measure;
  colour: "outcome" | "function";
  /** Point whose key's history is open. */
  point?: number;
}

/** Shortest period to zoom to, in seconds: anything shorter shows single operations only. */
const finest = 0.000_05;

export const initialState = ({ end }: Timeline): ChartState => ({
  from: 0,
  to: end,
  f: "",
  measure: "response",
  colour: "outcome",
});

/** Shows `from` to `to`, kept within the run. */
export function zoomTo(state: ChartState, { end }: Timeline, from: number, to: number): void {
  const span = Math.min(end, Math.max(finest, to - from));
  const start = Math.min(Math.max(0, from), end - span);
  state.from = start;
  state.to = start + span;
}

/** Makes the span `factor` times as long; the moment `around` stays where it is. */
export function zoomBy(state: ChartState, timeline: Timeline, factor: number, around: number): void {
  const before = (around - state.from) * factor;
  const after = (state.to - around) * factor;
  zoomTo(state, timeline, around - before, around + after);
}

export const viewOf = (state: ChartState, width: number): View => ({ from: state.from, to: state.to, width });
