import { count } from "../../core/wording.ts";
import { type Content, type Html, html as svg } from "../html.ts";
import { linearScale, roundStep, type Scale } from "./scale.ts";
import type { FaultBand, Timeline, View } from "./timeline.ts";

/** Drawing area of all charts over time, with the same margins, time axis and fault bands. */
export interface Plot {
  readonly view: View;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: Scale;
}

/** Charts narrower than this many pixels have shorter labels. */
export const narrowWidth = 560;

/** Makes a plot. `above` and `below` are pixels kept free over and under the drawing area. */
export function plotOf(view: View, height: number, above: number, below: number): Plot {
  const left = view.width < narrowWidth ? 52 : 60;
  const right = view.width - (view.width < narrowWidth ? 4 : 10);
  const spacing = view.width < narrowWidth ? 64 : 96;
  return {
    view,
    height,
    left,
    right,
    top: above,
    bottom: height - below,
    x: linearScale(view, { from: left, to: right }, timeLabel(view.to), spacing, timeStep),
  };
}

/** Draws a chart: bands, grid, `body` clipped to the drawing area, labels of the axes. */
export function chart(
  plot: Plot,
  parts: {
    readonly id: string;
    readonly label: string;
    readonly bands?: readonly FaultBand[];
    readonly y?: Scale;
    readonly body: Content;
    readonly over?: Content;
    readonly timeAxis?: boolean;
  },
): Html {
  const { view, height, left, right, top, bottom } = plot;
  return svg`<svg class="chart" id="${parts.id}" width="${view.width}" height="${height}" viewBox="0 0 ${view.width} ${height}" role="img" aria-label="${parts.label}">
<defs><clipPath id="${parts.id}-area"><rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"/></clipPath></defs>
${parts.bands && bandShades(plot, parts.bands)}
${parts.y && yAxis(plot, parts.y)}
<g clip-path="url(#${parts.id}-area)">${parts.body}</g>
<path class="axis" d="M${left} ${bottom}H${right}"/>
${parts.timeAxis !== false && timeAxis(plot)}
${parts.over}
</svg>`;
}

/** Shades the faults that are in view: one path for each colour, because a long run has hundreds of faults. */
function bandShades(plot: Plot, bands: readonly FaultBand[]): Html {
  const height = plot.bottom - plot.top;
  return svg`<g class="bands">${[...byHue(plot, bands)].map(
    ([hue, boxes]) =>
      svg`<path class="band hue-${hue}" d="${boxes.map(({ x0, x1 }) => boxPath(x0, plot.top, Math.max(1, x1 - x0), height)).join("")}"/>`,
  )}</g>`;
}

/** Bands in view by colour, those of one colour that share a pixel as one. */
export function byHue(
  plot: Plot,
  bands: readonly FaultBand[],
): Map<number, { readonly x0: number; x1: number }[]> {
  const hues = new Map<number, { readonly x0: number; x1: number }[]>();
  for (const { band, x0, x1 } of visible(plot, bands)) {
    const boxes = hues.get(band.hue) ?? [];
    hues.set(band.hue, boxes);
    const last = boxes.at(-1);
    if (last !== undefined && x0 <= last.x1 + 0.5) last.x1 = Math.max(last.x1, x1);
    else boxes.push({ x0, x1 });
  }
  return hues;
}

export const boxPath = (x: number, y: number, width: number, height: number): string =>
  `M${px(x)} ${px(y)}h${px(width)}v${px(height)}h${px(-width)}z`;

/** Bands that are in view, with their pixels clipped to it. */
export function visible<B extends { readonly from: number; readonly to: number }>(
  { view, x }: Plot,
  bands: readonly B[],
): { band: B; x0: number; x1: number }[] {
  return bands
    .filter(({ from, to }) => to >= view.from && from <= view.to)
    .map((band) => ({
      band,
      x0: x(Math.max(view.from, band.from)),
      x1: x(Math.min(view.to, band.to)),
    }));
}

function yAxis(plot: Plot, y: Scale): Html {
  return svg`<g class="grid">${y.ticks.map(({ value, label }) => {
    const at = px(y(value));
    return label === undefined
      ? svg`<path class="minor" d="M${plot.left} ${at}H${plot.right}"/>`
      : svg`<path d="M${plot.left} ${at}H${plot.right}"/><text x="${plot.left - 7}" y="${at}" dy=".35em" text-anchor="end">${label}</text>`;
  })}</g>`;
}

function timeAxis(plot: Plot): Html {
  return svg`<g class="time">${plot.x.ticks.map(({ value, label }) => {
    const at = plot.x(value);
    const anchor = at > plot.right - 14 ? "end" : at < plot.left + 4 ? "start" : "middle";
    return svg`<path d="M${px(at)} ${plot.bottom}v4"/><text x="${px(at)}" y="${plot.bottom + 16}" text-anchor="${anchor}">${label}</text>`;
  })}</g>`;
}

/** Steps between ticks of more than ten seconds: round on a clock. */
const clockSteps = [15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400];

export const timeStep = (least: number): number =>
  least <= 10
    ? roundStep(least)
    : (clockSteps.find((step) => step >= least) ?? roundStep(least / 86_400) * 86_400);

/** Formats times: seconds below ten minutes, then `12:30`, with as many decimals as the distance of ticks needs. */
export function timeLabel(latest: number): (value: number, step: number) => string {
  return (value, step) => {
    const decimals = step >= 1 ? 0 : Math.min(6, Math.ceil(-Math.log10(step) - 1e-9));
    if (latest < 600) return `${value.toFixed(decimals)}\u202fs`;
    const minutes = Math.floor((value + 1e-9) / 60);
    const rest = Math.max(0, value - minutes * 60).toFixed(decimals);
    return `${minutes}:${rest.padStart(decimals > 0 ? decimals + 3 : 2, "0")}`;
  };
}

/** Rounds pixels to a tenth: more digits are invisible and cost bytes. */
export const px = (value: number): number => Math.round(value * 10) / 10;

/** Whether `text` at 11 px surely fits into `width` pixels in any font. */
export const textFits = (text: string, width: number): boolean => text.length * 6.6 + 8 <= width;

/** First of `texts` that fits into `width`, or "". */
export const firstFitting = (width: number, ...texts: readonly string[]): string =>
  texts.find((text) => textFits(text, width)) ?? "";

/** Faults that a chart names for screen readers; the table lists more. */
const namedFaults = 12;

/** Sentence on the faults in a chart, for screen readers. */
export function faultsInWords({ faults }: Timeline): string {
  if (faults.length === 0) return "No faults.";
  const named = faults
    .slice(0, namedFaults)
    .map(({ label, summary, from, to }) => `${label} ${summary}, ${from.toFixed(1)} to ${to.toFixed(1)} s`);
  const more = faults.length - named.length;
  return `Shaded: ${named.join("; ")}${more > 0 ? `; and ${count(more, "more fault")}` : ""}.`;
}
