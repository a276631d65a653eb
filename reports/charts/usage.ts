import type { NodeUsage } from "../data/usage.ts";
import { formatFigure, formatTickBytes } from "../format.ts";
import { type Html, html as svg } from "../html.ts";
import { chart, faultsInWords, plotOf, px } from "./plot.ts";
import { linearScale, roundStep, type Scale } from "./scale.ts";
import { hues, type Timeline, type View } from "./timeline.ts";

export const usageMeasures = ["processors", "memory", "disk"] as const;
export type UsageMeasure = (typeof usageMeasures)[number];

/** One measure of every node over time. */
export function usageChart(timeline: Timeline, view: View, measure: UsageMeasure): Html {
  const plot = plotOf(view, 150, 8, 22);
  const values = timeline.usage.nodes.flatMap((node) => [...node[measure]]).filter(Number.isFinite);
  const highest = values.reduce((a, b) => Math.max(a, b), 0) / unitOf(measure);
  const y = linearScale(domainOf(highest), { from: plot.bottom, to: plot.top }, labelOf(measure), 36);
  return chart(plot, {
    id: `usage-${measure}`,
    label: `${usageTitles[measure]} of every node over time. ${faultsInWords(timeline)}`,
    bands: timeline.faults,
    y,
    body: timeline.usage.nodes.map(
      (node) =>
        svg`<path class="line node-${Math.max(0, timeline.nodes.indexOf(node.node)) % hues}" d="${samplesPath(node, measure, plot.x, y)}"/>`,
    ),
  });
}

export const usageTitles: Readonly<Record<UsageMeasure, string>> = {
  processors: "Processors in use",
  memory: "Memory",
  disk: "Disk",
};

/** Bytes are drawn in MiB, so that the axis has round values. */
const unitOf = (measure: UsageMeasure): number => (measure === "processors" ? 1 : 2 ** 20);

function domainOf(highest: number): { from: number; to: number } {
  const step = roundStep(Math.max(0.04, highest) / 3);
  return { from: 0, to: Math.ceil(Math.max(0.04, highest) / step) * step };
}

function labelOf(measure: UsageMeasure): (value: number) => string {
  if (measure === "processors") return (value) => formatFigure(Math.round(value * 100) / 100);
  return (value) => (value <= 0 ? "0" : formatTickBytes(value * unitOf(measure)));
}

function samplesPath(node: NodeUsage, measure: UsageMeasure, x: Scale, y: Scale): string {
  let path = "";
  let broken = true;
  node[measure].forEach((value, i) => {
    if (Number.isNaN(value)) {
      broken = true;
      return;
    }
    path += `${broken ? "M" : "L"}${px(x(node.at[i] ?? 0))} ${px(y(value / unitOf(measure)))}${broken ? "h0" : ""}`;
    broken = false;
  });
  return path;
}
