import { px } from "./plot.ts";
import type { Scale } from "./scale.ts";

/** Values at equal intervals; the first bucket begins at 0 s. */
interface Buckets {
  readonly bucketSeconds: number;
  readonly values: Float32Array;
}

/** Begin and end of each step, seconds, in order. */
interface Steps {
  readonly from: Float32Array;
  readonly to: Float32Array;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Line through the middles of the steps, broken where a value is not known or where time lies between two steps. */
export function linePath({ from, to }: Steps, values: Float32Array, view: Range, x: Scale, y: Scale): string {
  let path = "";
  let reached = Number.NaN;
  values.forEach((value, i) => {
    const [begin, end] = [from[i] ?? 0, to[i] ?? 0];
    // One step beyond each edge of the view, so that lines go on to it.
    if (Number.isNaN(value) || (to[i + 1] ?? end) < view.from || (from[i - 1] ?? begin) > view.to) {
      reached = Number.NaN;
      return;
    }
    const [middle, height] = [px(x((begin + end) / 2)), px(y(value))];
    // A step that stands alone is drawn as long as it is.
    const isNext = begin - reached < 1e-3;
    const isAlone = !isNext && (Number.isNaN(values[i + 1] ?? Number.NaN) || (from[i + 1] ?? 0) - end > 1e-3);
    path += isAlone ? `M${px(x(begin))} ${height}H${px(x(end))}` : `${isNext ? "L" : "M"}${middle} ${height}`;
    reached = end;
  });
  return path;
}

/** Outline of the steps between `lower` and `upper`, for stacked areas. */
export function stepArea(
  bucketSeconds: number,
  lower: Float32Array,
  upper: Float32Array,
  view: Range,
  x: Scale,
  y: Scale,
): string {
  const mean = (a: number, b: number, share: number) => a + (b - a) * share;
  const tops = [...columns({ bucketSeconds, values: upper }, view, x, mean)];
  const floors = [...columns({ bucketSeconds, values: lower }, view, x, mean)];
  if (tops.length === 0) return "";
  const forth = tops.map(({ from, to, value }) => `L${px(x(from))} ${px(y(value))}H${px(x(to))}`).join("");
  const back = floors
    .reverse()
    .map(({ from, to, value }) => `L${px(x(to))} ${px(y(value))}H${px(x(from))}`)
    .join("");
  return `M${forth.slice(1)}${back}Z`;
}

/**
 * Buckets in the view, merged if they share a pixel. `merge` receives the merged value so far, the next value, and the share
 * of the next one in all of them.
 */
function* columns(
  { bucketSeconds, values }: Buckets,
  view: Range,
  x: Scale,
  merge: (merged: number, next: number, share: number) => number,
): Generator<{ from: number; to: number; middle: number; value: number }> {
  const first = Math.max(0, Math.floor(view.from / bucketSeconds));
  const last = Math.min(values.length - 1, Math.ceil(view.to / bucketSeconds));
  const pixels = Math.abs(x(bucketSeconds) - x(0));
  const together = Math.max(1, Math.ceil(1 / pixels));
  for (let i = first; i <= last; i += together) {
    let value = Number.NaN;
    const end = Math.min(i + together, last + 1);
    for (let j = i; j < end; j++) {
      const next = values[j] ?? Number.NaN;
      if (Number.isNaN(next)) continue;
      value = Number.isNaN(value) ? next : merge(value, next, 1 / (j - i + 1));
    }
    const [from, to] = [i * bucketSeconds, end * bucketSeconds];
    yield { from, to, middle: (from + to) / 2, value };
  }
}
