import { px } from "./plot.ts";
import type { Scale } from "./scale.ts";

/** Values at equal intervals; the first bucket begins at 0 s. */
export interface Buckets {
  readonly bucketSeconds: number;
  readonly values: Float32Array;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Path of a line through the middles of the buckets, interrupted where a value is NaN. If several buckets share a pixel, the
 * greatest is drawn, so that peaks never vanish.
 */
export function linePath({ bucketSeconds, values }: Buckets, view: Range, x: Scale, y: Scale): string {
  let path = "";
  let broken = true;
  for (const { middle, value } of columns({ bucketSeconds, values }, view, x, Math.max)) {
    if (Number.isNaN(value)) {
      broken = true;
      continue;
    }
    // `h0` makes an isolated bucket visible: a line cap needs a line.
    path += `${broken ? "M" : "L"}${px(x(middle))} ${px(y(value))}${broken ? "h0" : ""}`;
    broken = false;
  }
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
