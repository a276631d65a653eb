/** A small chart of figures of several runs: one line of dots for each group, on one scale that they share. */
import { type Html, html as svg } from "../html.ts";
import type { Repeated } from "../statistics/repeated.ts";

export interface StripGroup {
  /** One letter, or empty. */
  readonly label: string;
  /** 0 or 1: the colour. */
  readonly style: number;
  readonly figure: Repeated;
}

const width = 240;
const rowHeight = 16;
const left = 18;
const margin = 6;

/**
 * Draws the runs of each group; `label` describes the whole for screen readers. Several charts share a scale if they are given the
 * same `scaled` values; without them, a chart's own values are its scale. Undefined if nothing is known.
 */
export function stripChart(
  groups: readonly StripGroup[],
  label: string,
  scaled: readonly number[] = groups.flatMap(({ figure }) => figure.values),
): Html | undefined {
  const known = groups.filter(({ figure }) => figure.values.some(Number.isFinite));
  const values = scaled.filter(Number.isFinite);
  if (known.length === 0 || values.length === 0) return undefined;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const span = most - least || 1;
  const x = (value: number): string =>
    (most === least
      ? (left + width) / 2
      : left + margin + ((value - least) / span) * (width - left - 2 * margin)
    ).toFixed(1);
  const height = rowHeight * known.length + 4;
  return svg`<svg class="strip" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
${known.map((group, i) => rowOf(group, rowHeight * (i + 0.5) + 2, x))}
</svg>`;
}

function rowOf({ label, style, figure }: StripGroup, y: number, x: (value: number) => string): Html {
  const { values, median, outliers } = figure;
  return svg`<line class="rail" x1="${left}" x2="${width}" y1="${y}" y2="${y}"/><text x="0" y="${y + 4}">${label}</text><g class="dots-${style}">${
    median !== undefined &&
    svg`<line class="interval" x1="${x(median.low)}" x2="${x(median.high)}" y1="${y}" y2="${y}"/><line class="median" x1="${x(median.value)}" x2="${x(median.value)}" y1="${y - 6}" y2="${y + 6}"/>`
  }${values.map(
    (value, i) =>
      Number.isFinite(value) &&
      svg`<circle${outliers.includes(i) && svg` class="outlier"`} cx="${x(value)}" cy="${y}" r="3"/>`,
  )}</g>`;
}
