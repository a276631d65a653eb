/** Charts of a comparison, all on one scale. Drawn at a fixed width; the style scales them to their column. */
import { linePath } from "../charts/lines.ts";
import { chart, plotOf } from "../charts/plot.ts";
import { logExtent, logScale } from "../charts/scale.ts";
import { curvePath, ninesScale, spectrumGrid } from "../charts/spectrum.ts";
import { type FaultBand, hues } from "../charts/timeline.ts";
import { type Measure, measures } from "../data/measure.ts";
import { type Html, html as svg } from "../html.ts";
import { formatMicros, formatTickMicros } from "../numbers.ts";
import type { Candidate } from "./candidates.ts";
import { type Kind, kinds, type MeasuredFigures, measured, type RunDigest } from "./digest.ts";

/** Ranges that all charts of a trial share. */
export interface Scales {
  /** Seconds of the longest run. */
  readonly end: number;
  /** Microseconds. */
  readonly latency: { readonly from: number; readonly to: number };
  /** Nines of the spectrum of the most operations. */
  readonly nines: number;
}

export function scalesOf(candidates: readonly Candidate[]): Scales {
  const runs = candidates.flatMap((candidate) => candidate.runs);
  const figures = runs.flatMap((run) =>
    kinds.flatMap((kind) => {
      const own = run.kinds[kind];
      return own === undefined ? [] : measures.map((measure) => measured(own, measure));
    }),
  );
  return {
    end: runs.reduce((most, { end }) => Math.max(most, end), 1),
    latency: logExtent(figures.flatMap(latencies), { from: 100, to: 100_000 }),
    nines: figures.reduce((most, { spectrum }) => Math.max(most, spectrum.at(-1)?.[0] ?? 0), 1),
  };
}

const latencies = ({ series: { p50, max }, spectrum }: MeasuredFigures): number[] => [
  ...p50,
  ...max,
  ...spectrum.map(([, micros]) => micros),
];

const overTimeWidth = 340;

/** Median, 99th percentile and slowest over time, under the faults of the run. */
export function overTimeChart(
  digest: RunDigest,
  shown: { readonly kind: Kind; readonly measure: Measure; readonly id: string; readonly name: string },
  scales: Scales,
  faultNames: readonly string[],
): Html {
  const own = digest.kinds[shown.kind];
  const series = own && measured(own, shown.measure).series;
  const view = { from: 0, to: scales.end, width: overTimeWidth };
  const plot = plotOf(view, 190, 8, 22);
  const y = logScale(scales.latency, { from: plot.bottom, to: plot.top }, formatTickMicros);
  return chart(plot, {
    id: shown.id,
    label: `${shown.measure} time of ${shown.kind}s of ${shown.name} over time, logarithmic: p50, p99 and slowest.`,
    bands: digest.faults.map((fault, i) => bandOf(fault, i, faultNames)),
    y,
    body:
      series &&
      (["p50", "p99", "max"] as const).map(
        (line) => svg`<path class="line ${line}" d="${linePath(series, series[line], view, plot.x, y)}"/>`,
      ),
  });
}

const bandOf = (
  { name, summary, nodes, from, to, proof }: RunDigest["faults"][number],
  i: number,
  names: readonly string[],
): FaultBand => ({
  label: `F${i + 1}`,
  name,
  summary,
  nodes,
  from: from / 1e9,
  to: to / 1e9,
  proven: proof !== undefined,
  hue: Math.max(0, names.indexOf(name)) % hues,
});

const spectrumWidth = 420;

/** Latency by percentile of all candidates, one line each. */
export function spectraChart(
  candidates: readonly Candidate[],
  shown: { readonly kind: Kind; readonly measure: Measure; readonly name: string },
  scales: Scales,
): Html {
  const [left, right, top, bottom] = [52, spectrumWidth - 16, 10, 230];
  const x = ninesScale(scales.nines, left, right);
  const y = logScale(scales.latency, { from: bottom, to: top }, formatTickMicros);
  const lines = candidates.flatMap((candidate) => {
    const own = candidate.runs[0]?.kinds[shown.kind];
    return own === undefined ? [] : [{ candidate, spectrum: measured(own, shown.measure).spectrum }];
  });
  const words = lines.map(
    ({ candidate, spectrum }) =>
      `${candidate.name}: slowest ${formatMicros(spectrum.at(-1)?.[1] ?? Number.NaN)}`,
  );
  return svg`<svg class="chart" width="${spectrumWidth}" height="${bottom + 26}" viewBox="0 0 ${spectrumWidth} ${bottom + 26}" role="img" aria-label="${shown.name} by percentile, ${shown.measure} time, on a scale of nines. ${words.join("; ")}.">
${spectrumGrid(x, y, { left, right, top, bottom })}
${lines.map(
  ({ candidate, spectrum }) =>
    svg`<path class="line f-${candidate.style} style-${candidate.style}" d="${curvePath(spectrum, x, y)}"/>`,
)}
</svg>`;
}

/** Sample of a candidate's line, for legends. */
export const swatch = ({ style }: Pick<Candidate, "style">): Html =>
  svg`<svg class="swatch" width="30" height="10" viewBox="0 0 30 10" aria-hidden="true"><path class="line f-${style} style-${style}" d="M1 5H29"/></svg>`;
