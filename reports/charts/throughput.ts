import { type Html, html as svg } from "../html.ts";
import { formatCount } from "../numbers.ts";
import { stepArea } from "./lines.ts";
import { chart, faultsInWords, narrowWidth, plotOf } from "./plot.ts";
import { linearScale, roundStep } from "./scale.ts";
import type { Timeline, View } from "./timeline.ts";

/** Draws outcomes per second, stacked: `ok` at the bottom, where it is easiest to read. */
export function throughputChart(timeline: Timeline, view: View): Html {
  const { bucketSeconds, buckets, throughput } = timeline.series;
  const plot = plotOf(view, view.width < narrowWidth ? 150 : 180, 8, 22);
  let lower = new Float32Array(buckets);
  const layers = (["ok", "fail", "info"] as const).map((outcome) => {
    const below = lower;
    const upper = throughput[outcome].map((value, i) => value + (below[i] ?? 0));
    lower = upper;
    return { outcome, below, upper };
  });
  const peak = lower.reduce((a, b) => Math.max(a, b), 1);
  const y = linearScale(
    { from: 0, to: Math.ceil(peak / roundStep(peak / 4)) * roundStep(peak / 4) },
    { from: plot.bottom, to: plot.top },
    (value) => formatCount(value),
    42,
  );
  return chart(plot, {
    id: "throughput-chart",
    label: `Outcomes per second over time, by outcome, at most ${formatCount(peak)}. ${faultsInWords(timeline)}`,
    bands: timeline.faults,
    y,
    body: layers.map(
      ({ outcome, below, upper }) =>
        svg`<path class="area ${outcome}" d="${stepArea(bucketSeconds, below, upper, view, plot.x, y)}"/>`,
    ),
  });
}
