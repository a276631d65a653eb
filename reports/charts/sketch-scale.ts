import { narrowWidth } from "./plot.ts";
import type { Bar, Sketch } from "./sketch.ts";

/**
 * Time axis of a sketch: the moments at which operations begin or end, in their true order, spaced so that every bar has room
 * for its label. Two seconds and two microseconds can be adjacent, which a linear scale cannot show; so distances grow with
 * the square root of the time, and the axis shows the times.
 */
export interface SketchScale {
  /** Pixels of a moment; times before the first and after the last moment map to the edges. */
  (seconds: number): number;
  /** Right edge of the drawing, to which unknown operations extend. */
  readonly right: number;
  readonly moments: readonly number[];
}

/** Makes the scale. `labelWidth` gives the pixels that a label needs; the result is wider than `width` if labels need it. */
export function sketchScale(
  { bars, gap }: Sketch,
  left: number,
  width: number,
  labelWidth: (label: string) => number,
): SketchScale {
  const stepAtLeast = width < narrowWidth ? 10 : 16;
  const beyond = width < narrowWidth ? 12 : 26;
  const labelled: readonly Pick<Bar, "from" | "to" | "label">[] = gap === undefined ? bars : [...bars, gap];
  const moments = [
    ...new Set(labelled.flatMap(({ from, to }) => (to === undefined ? [from] : [from, to]))),
  ].sort((a, b) => a - b);
  const positionOf = new Map(moments.map((moment, i) => [moment, i]));
  const pixels: number[] = [];
  // Longest path from left to right: a bar is at least as wide as its label.
  moments.forEach((moment, i) => {
    let at = i === 0 ? left + beyond : (pixels[i - 1] ?? 0) + stepAtLeast;
    for (const { from, to, label } of labelled)
      if (to === moment) at = Math.max(at, (pixels[positionOf.get(from) ?? 0] ?? 0) + labelWidth(label));
    pixels.push(at);
  });
  const needed = bars.reduce(
    (most, { from, to, label }) =>
      to === undefined ? Math.max(most, (pixels[positionOf.get(from) ?? 0] ?? 0) + labelWidth(label)) : most,
    (pixels.at(-1) ?? left) + beyond,
  );
  const right = Math.max(needed, width);
  spread(moments, pixels, right - needed);
  const at = (seconds: number) => interpolate(moments, pixels, seconds, left, right);
  return Object.assign(at, { right, moments });
}

/** Distributes the remaining room among the steps, by the square root of their time. */
function spread(moments: readonly number[], pixels: number[], room: number): void {
  const roots = moments.map((moment, i) => Math.sqrt(moment - (moments[i - 1] ?? moment)));
  const sum = roots.reduce((a, b) => a + b, 0);
  if (sum === 0) return;
  let shift = 0;
  pixels.forEach((at, i) => {
    shift += (room * (roots[i] ?? 0)) / sum;
    pixels[i] = at + shift;
  });
}

function interpolate(
  moments: readonly number[],
  pixels: readonly number[],
  seconds: number,
  left: number,
  right: number,
): number {
  const next = moments.findIndex((moment) => moment >= seconds);
  if (next === 0) return moments[0] === seconds ? (pixels[0] ?? left) : left;
  if (next === -1) return right;
  const [t0, t1] = [moments[next - 1] ?? 0, moments[next] ?? 0];
  const [p0, p1] = [pixels[next - 1] ?? left, pixels[next] ?? right];
  return p0 + ((seconds - t0) / (t1 - t0)) * (p1 - p0);
}
