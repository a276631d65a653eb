/** Scales that map values to pixels, with ticks for the axis. */

export interface Scale {
  /** Pixels of `value`; not clamped. */
  (value: number): number;
  readonly ticks: readonly Tick[];
  /** The value at `pixels`. */
  invert(pixels: number): number;
}

export interface Tick {
  readonly value: number;
  /** Absent on a minor tick. */
  readonly label?: string;
}

export interface Extent {
  readonly from: number;
  readonly to: number;
}

/** Linear scale, with about one labelled tick every `spacing` pixels, at round values: `stepOf` rounds their distance up. */
export function linearScale(
  domain: Extent,
  range: Extent,
  format: (value: number, step: number) => string,
  spacing = 90,
  stepOf: (least: number) => number = roundStep,
): Scale {
  const length = Math.abs(range.to - range.from);
  const span = domain.to - domain.from || 1;
  const step = stepOf(span / Math.max(1, length / spacing));
  const ticks: Tick[] = [];
  for (let i = Math.ceil(domain.from / step - 1e-9); i * step <= domain.to + step * 1e-9; i++)
    // `|| 0`: never label a tick -0.
    ticks.push({ value: i * step || 0, label: format(i * step || 0, step) });
  const ratio = (range.to - range.from) / span;
  return Object.assign((value: number) => range.from + (value - domain.from) * ratio, {
    ticks,
    invert: (pixels: number) => domain.from + (pixels - range.from) / ratio,
  });
}

/** Logarithmic scale, with labelled ticks at powers of ten and, if there is room, at 2 and 5 times those; minor ones only where there is room. */
export function logScale(domain: Extent, range: Extent, format: (value: number) => string): Scale {
  const [low, high] = [Math.log10(domain.from), Math.log10(domain.to)];
  const ratio = (range.to - range.from) / (high - low || 1);
  const decadePixels = Math.abs(ratio);
  const ticks: Tick[] = [];
  for (let power = Math.floor(low); power <= Math.ceil(high); power++) {
    for (let digit = 1; digit < 10; digit++) {
      const value = digit * 10 ** power;
      if (value < domain.from * 0.999 || value > domain.to * 1.001) continue;
      const labelled = digit === 1 || (decadePixels > 110 && (digit === 2 || digit === 5));
      if (labelled) ticks.push({ value, label: format(value) });
      else if (decadePixels > 40) ticks.push({ value });
    }
  }
  return Object.assign((value: number) => range.from + (Math.log10(value) - low) * ratio, {
    ticks,
    invert: (pixels: number) => 10 ** (low + (pixels - range.from) / ratio),
  });
}

/** Decades, or halves of decades at 3, that contain every positive value; `fallback` if there are none. */
export function logExtent(values: Iterable<number>, fallback: Extent): Extent {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (const value of values) {
    if (!(value > 0) || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (high === 0) return fallback;
  const floor = 10 ** Math.floor(Math.log10(low));
  const ceiling = 10 ** Math.ceil(Math.log10(high * 1.05));
  return {
    from: low >= floor * 3 ? floor * 3 : floor,
    to: high * 1.05 <= ceiling * 0.3 ? ceiling * 0.3 : ceiling,
  };
}

/** Smallest of 1, 2 or 5 times a power of ten that is at least `step`. */
export function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = step / power;
  return (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10) * power;
}
