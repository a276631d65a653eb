/** Lines of several systems in one chart, with a grid. */
import { px } from "../charts/plot.ts";
import type { Scale } from "../charts/scale.ts";
import { swatch } from "../comparison/charts.ts";
import { type Html, html, html as svg } from "../html.ts";
import type { Named } from "./study.ts";

const width = 720;
/** Pixels of the drawing area: the ranges of the scales. */
export const area = { left: 60, right: width - 16, top: 10, bottom: 300 } as const;

export interface ChartLine {
  readonly style: number;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly thin?: boolean;
  /** Marks the points: as a ring where it says so. */
  readonly dots?: (index: number) => "dot" | "ring";
}

/** `label` describes the chart to those who cannot see it, `axis` stands below. */
export function lineChart(
  { label, axis }: { readonly label: string; readonly axis: string },
  { x, y }: { readonly x: Scale; readonly y: Scale },
  lines: readonly ChartLine[],
): Html {
  const height = area.bottom + 40;
  return svg`<svg class="chart" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
${grid(x, y)}
${lines.map((line) => drawn(line, x, y))}
<text x="${area.right}" y="${area.bottom + 34}" text-anchor="end">${axis}</text>
</svg>`;
}

function drawn({ style, points, thin, dots }: ChartLine, x: Scale, y: Scale): Html {
  const shown = points
    .map(([across, up], index) => ({ across, up, index }))
    .filter(({ across, up }) => Number.isFinite(x(across)) && Number.isFinite(y(up)));
  const path = shown.map(({ across, up }, i) => `${i === 0 ? "M" : "L"}${px(x(across))} ${px(y(up))}`);
  return svg`<path class="line${thin === true && " thin"} f-${style} style-${style}" d="${path.join("")}"/>
${
  dots &&
  shown.map(
    ({ across, up, index }) =>
      svg`<circle class="line step f-${style}" cx="${px(x(across))}" cy="${px(y(up))}" r="${dots(index) === "ring" ? 6 : 2.5}"/>`,
  )
}`;
}

const grid = (x: Scale, y: Scale): Html =>
  svg`<g class="grid">${y.ticks.map(({ value, label }) => {
    const at = px(y(value));
    return label === undefined
      ? svg`<path class="minor" d="M${area.left} ${at}H${area.right}"/>`
      : svg`<path d="M${area.left} ${at}H${area.right}"/><text x="${area.left - 7}" y="${at}" dy=".35em" text-anchor="end">${label}</text>`;
  })}${x.ticks.map(({ value, label }) => {
    const at = px(x(value));
    const anchor = at > area.right - 14 ? "end" : "middle";
    return label === undefined
      ? svg`<path class="minor" d="M${at} ${area.top}V${area.bottom}"/>`
      : svg`<path d="M${at} ${area.top}V${area.bottom}"/><text x="${at}" y="${area.bottom + 16}" text-anchor="${anchor}">${label}</text>`;
  })}</g>`;

/** Names of the lines, each with a sample of its own. */
export const legend = (named: readonly Named[]): Html =>
  html`<figcaption>${named.map((one) => html`<span class="swatch-key">${swatch(one)} ${one.key}${one.limit}</span> `)}</figcaption>`;
