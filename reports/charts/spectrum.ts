import type { LatencySummary } from "../../core/run.ts";
import { type Html, html as svg } from "../html.ts";
import { formatMicros, formatTickMicros } from "../numbers.ts";
import { narrowWidth, px } from "./plot.ts";
import { logExtent, logScale, type Scale } from "./scale.ts";
import { hues } from "./timeline.ts";

/** One curve of the percentile spectrum: the `ok` operations of one kind, by one measure. */
export interface Spectrum {
  readonly f: string;
  readonly measure: LatencySummary["measure"];
  readonly count: number;
  readonly hue: number;
  /** `[nines, microseconds]`, ascending: 1 is the 90th percentile, 2 the 99th. */
  readonly curve: readonly (readonly [nines: number, micros: number])[];
}

/** Response time and, if it differs, service time of the `ok` operations of each kind. */
export function spectraOf(latency: readonly LatencySummary[]): Spectrum[] {
  const answered = latency.filter(({ outcome, count }) => outcome === "ok" && count > 0);
  const functions = [...new Set(answered.map(({ f }) => f))].sort();
  return answered.map(({ f, measure, count, spectrum }) => ({
    f,
    measure,
    count,
    hue: functions.indexOf(f) % hues,
    // The slowest of n operations is drawn at 1 - 1/n: 100% itself is not on the axis.
    curve: spectrum.map(
      ([percentile, micros]) => [Math.min(ninesOf(percentile), Math.log10(count)), micros] as const,
    ),
  }));
}

/** Number of nines of a percentile: 0 for 0, 1 for 90, 2 for 99, Infinity for 100. */
export const ninesOf = (percentile: number): number => -Math.log10(1 - percentile / 100) || 0;

/** Percentiles that the axis names. */
const named = [0, 50, 75, 90, 95, 99, 99.9, 99.99, 99.999, 99.9999];

export interface SpectrumPicture {
  readonly svg: Html;
  /** Maps a number of nines to pixels, and back. */
  readonly x: Scale;
  readonly y: Scale;
  readonly top: number;
  readonly bottom: number;
}

/** Draws latency by percentile, on a scale of nines: response time solid, service time dashed. */
export function spectrumChart(spectra: readonly Spectrum[], width: number): SpectrumPicture {
  const narrow = width < narrowWidth;
  const [left, right, top, bottom] = [narrow ? 52 : 60, width - 16, 12, narrow ? 260 : 320];
  const most = Math.max(1, ...spectra.flatMap(({ curve }) => curve.map(([nines]) => nines)));
  const x = ninesScale(most, left, right);
  const micros = spectra.flatMap(({ curve }) => curve.map(([, value]) => value));
  const y = logScale(
    logExtent(micros, { from: 100, to: 100_000 }),
    { from: bottom, to: top },
    formatTickMicros,
  );
  const words = spectra
    .filter(({ measure }) => measure === "response")
    .map(({ f, curve }) => `${f}: slowest ${formatMicros(curve.at(-1)?.[1] ?? Number.NaN)}`);
  const picture = svg`<svg class="chart" id="spectrum-chart" width="${width}" height="${bottom + 40}" viewBox="0 0 ${width} ${bottom + 40}" role="img" aria-label="Latency by percentile, on a scale of nines. ${words.join("; ")}.">
${spectrumGrid(x, y, { left, right, top, bottom })}
${spectra.map(
  ({ curve, hue, measure }) => svg`<path class="line f-${hue} ${measure}" d="${curvePath(curve, x, y)}"/>`,
)}
</svg>`;
  return { svg: picture, x, y, top, bottom };
}

/** Lines and labels of both axes, and the line at the bottom. */
export function spectrumGrid(
  x: Scale,
  y: Scale,
  { left, right, top, bottom }: { readonly [side in "left" | "right" | "top" | "bottom"]: number },
): Html {
  return svg`<g class="grid">${y.ticks.map(({ value, label }) =>
    label === undefined
      ? svg`<path class="minor" d="M${left} ${px(y(value))}H${right}"/>`
      : svg`<path d="M${left} ${px(y(value))}H${right}"/><text x="${left - 7}" y="${px(y(value))}" dy=".35em" text-anchor="end">${label}</text>`,
  )}${x.ticks.map(
    ({ value, label }) =>
      svg`<path d="M${px(x(value))} ${top}V${bottom}"/><text x="${px(x(value))}" y="${bottom + 17}" text-anchor="middle">${label ?? ""}</text>`,
  )}</g>
<path class="axis" d="M${left} ${bottom}H${right}"/>`;
}

/** Value of a curve at a number of nines: that of the nearest point at or above it; undefined past its end. */
export function spectrumAt({ curve }: Spectrum, nines: number): number | undefined {
  // 1 - 0.99 is slightly more than 0.01: rounding errors must not matter.
  return curve.find(([at]) => at >= nines - 1e-9)?.[1];
}

/** Scale of numbers of nines, with ticks at the percentiles that people name, as far as their names fit. */
export function ninesScale(most: number, left: number, right: number): Scale {
  const ratio = (right - left) / most;
  let free = Number.NEGATIVE_INFINITY;
  const ticks = named
    .map((percentile) => ({ value: ninesOf(percentile), label: `${percentile}%` }))
    .filter(({ value, label }) => {
      const middle = left + value * ratio;
      if (value > most || middle - label.length * 3.6 < free) return false;
      free = middle + label.length * 3.6 + 4;
      return true;
    });
  return Object.assign((nines: number) => left + nines * ratio, {
    ticks,
    invert: (pixels: number) => (pixels - left) / ratio,
  });
}

/** Draws steps, like a histogram: up to a percentile, every operation took at most this long. */
/** Path of a curve, for an SVG. */
export function curvePath(curve: Spectrum["curve"], x: Scale, y: Scale): string {
  return curve
    .map(([nines, micros], i) => `${i === 0 ? "M" : "L"}${px(x(nines))} ${px(y(Math.max(1, micros)))}`)
    .join("");
}
