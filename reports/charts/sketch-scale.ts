import { narrowWidth } from "./plot.ts";
import type { Bar, Sketch } from "./sketch.ts";

/**
 * The time axis of a sketch: the moments at which an operation begins or ends, in their true order, at distances that
 * leave every bar room for its label. A pause of two seconds and a step of two microseconds can stand side by side,
 * which no straight scale allows; so distances grow with the root of the time, and the axis tells the times.
 */
export interface SketchScale {
  /** Pixels of a moment; beyond the first and the last moment, a little outside of them. */
  (seconds: number): number;
  /** Where the drawing ends: unknown operations reach so far. */
  readonly right: number;
  readonly moments: readonly number[];
}

/** `labelWidth`: pixels that a bar of this label needs. Wider than `width` where the labels need it. */
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
  // A longest path from left to right: a bar's end stands at least its label's width after its begin.
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

/** Gives the room that is left to the steps, by the root of the time that they take. */
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
