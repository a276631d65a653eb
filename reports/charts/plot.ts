import { type Content, type Html, html as svg } from "../html.ts";
import { linearScale, type Scale } from "./scale.ts";
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
    x: linearScale(view, { from: left, to: right }, timeLabel(view.to), spacing),
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
${parts.bands && bandRects(plot, parts.bands)}
${parts.y && yAxis(plot, parts.y)}
<g clip-path="url(#${parts.id}-area)">${parts.body}</g>
<path class="axis" d="M${left} ${bottom}H${right}"/>
${parts.timeAxis !== false && timeAxis(plot)}
${parts.over}
</svg>`;
}

/** Shades the faults that are in view. */
function bandRects(plot: Plot, bands: readonly FaultBand[]): Html {
  return svg`<g class="bands">${visible(plot, bands).map(
    ({ band, x0, x1 }) =>
      svg`<rect class="band hue-${band.hue}" x="${px(x0)}" y="${plot.top}" width="${px(Math.max(1, x1 - x0))}" height="${plot.bottom - plot.top}"/>`,
  )}</g>`;
}

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

/** Formats times: seconds below ten minutes, then `12:30`, with as many decimals as the distance of ticks needs. */
function timeLabel(latest: number): (value: number, step: number) => string {
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

/** Sentence on the faults in a chart, for screen readers. */
export const faultsInWords = ({ faults }: Timeline): string =>
  faults.length === 0
    ? "No faults."
    : `Shaded: ${faults.map(({ label, summary, from, to }) => `${label} ${summary}, ${from.toFixed(1)} to ${to.toFixed(1)} s`).join("; ")}.`;
