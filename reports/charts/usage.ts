import type { UsageSeries } from "../data/usage.ts";
import { type Html, html as svg } from "../html.ts";
import { formatFigure, formatTickBytes } from "../numbers.ts";
import { chart, faultsInWords, plotOf, px } from "./plot.ts";
import { linearScale, roundStep } from "./scale.ts";
import { hues, type Timeline, type View } from "./timeline.ts";

const usageMeasures = ["processors", "memory", "disk", "writes", "network", "fsyncs"] as const;
export type UsageMeasure = (typeof usageMeasures)[number];

/** Measures of which any node says something. */
export const knownMeasures = ({ nodes }: UsageSeries): UsageMeasure[] =>
  usageMeasures.filter((measure) => nodes.some((node) => node[measure].some(Number.isFinite)));

/** Draws one measure of all nodes over time. */
export function usageChart(timeline: Timeline, view: View, measure: UsageMeasure): Html {
  const plot = plotOf(view, 150, 8, 22);
  const values = timeline.usage.nodes.flatMap((node) => [...node[measure]]).filter(Number.isFinite);
  const highest = values.reduce((a, b) => Math.max(a, b), 0);
  const unit = unitOf(measure, highest);
  const y = linearScale(
    domainOf(highest / unit),
    { from: plot.bottom, to: plot.top },
    labelOf(measure, unit),
    36,
  );
  return chart(plot, {
    id: `usage-${measure}`,
    label: `${usageTitles[measure]} of every node over time. ${faultsInWords(timeline)}`,
    bands: timeline.faults,
    y,
    body: timeline.usage.nodes.map(
      (node) =>
        svg`<path class="line node-${Math.max(0, timeline.nodes.indexOf(node.node)) % hues}" d="${samplesPath(node.at, node[measure], plot.x, (value) => y(value / unit))}"/>`,
    ),
  });
}

export const usageTitles: Readonly<Record<UsageMeasure, string>> = {
  processors: "Processors in use",
  memory: "Memory",
  disk: "Disk",
  writes: "Written to storage per second",
  network: "Network per second",
  fsyncs: "fsyncs of the log per second",
};

/** Those that are no bytes. */
const plain: ReadonlySet<UsageMeasure> = new Set(["processors", "fsyncs"]);

/** Unit of the axis: KiB, MiB or GiB, depending on the highest value, so that ticks are round. */
function unitOf(measure: UsageMeasure, highest: number): number {
  if (plain.has(measure)) return 1;
  return 1_024 ** Math.max(1, Math.floor(Math.log2(Math.max(1, highest)) / 10));
}

function domainOf(highest: number): { from: number; to: number } {
  const step = roundStep(Math.max(0.04, highest) / 3);
  return { from: 0, to: Math.ceil(Math.max(0.04, highest) / step) * step };
}

function labelOf(measure: UsageMeasure, unit: number): (value: number) => string {
  if (plain.has(measure)) return (value) => formatFigure(Math.round(value * 100) / 100);
  return (value) => (value <= 0 ? "0" : formatTickBytes(value * unit));
}

function samplesPath(
  at: Float32Array,
  values: Float32Array,
  x: (seconds: number) => number,
  y: (value: number) => number,
): string {
  let path = "";
  let broken = true;
  values.forEach((value, i) => {
    if (Number.isNaN(value)) {
      broken = true;
      return;
    }
    path += `${broken ? "M" : "L"}${px(x(at[i] ?? 0))} ${px(y(value))}${broken ? "h0" : ""}`;
    broken = false;
  });
  return path;
}
