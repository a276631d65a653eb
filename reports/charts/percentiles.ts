import { seriesBy } from "../data/series.ts";
import { type Html, html as svg } from "../html.ts";
import { formatTickMicros } from "../numbers.ts";
import { linePath } from "./lines.ts";
import { chart, faultsInWords, narrowWidth, plotOf } from "./plot.ts";
import { logExtent, logScale } from "./scale.ts";
import type { Shown, Timeline, View } from "./timeline.ts";

export const percentileNames = ["p50", "p95", "p99", "max"] as const;

/** p50, p95, p99 and maximum over time for one kind of operation (`""`: all), on a logarithmic scale. */
export function percentilesChart(timeline: Timeline, view: View, { f, measure }: Shown): Html {
  const { latency } = seriesBy(timeline.series, measure);
  const series = latency.find((candidate) => candidate.f === f) ?? latency[0];
  const plot = plotOf(view, view.width < narrowWidth ? 200 : 240, 8, 22);
  const extent = logExtent(
    latency.flatMap(({ p50, max }) => [...p50, ...max]),
    { from: 100, to: 100_000 },
  );
  const y = logScale(extent, { from: plot.bottom, to: plot.top }, formatTickMicros);
  return chart(plot, {
    id: "percentiles-chart",
    label: `Percentiles of the ${measure} time ${f === "" ? "" : `of ${f} `}over time, logarithmic. ${faultsInWords(timeline)}`,
    bands: timeline.faults,
    y,
    body: percentileNames.map(
      (name) =>
        series && svg`<path class="line ${name}" d="${linePath(series, series[name], view, plot.x, y)}"/>`,
    ),
  });
}
