import { medianOf } from "./median.ts";

/** Scaled distances from the median beyond which a value is an outlier: Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993. */
const farthest = 3.5;
/** Makes the median of the distances comparable to a standard deviation of normal values. */
const scale = 1.4826;
/** Fewer values show no outlier. */
const fewest = 5;

/** Places of the values that lie far from the others. They are to be pointed out, never dropped: a slow run happened. */
export function outliers(values: readonly number[]): number[] {
  if (values.length < fewest) return [];
  const median = medianOf(values);
  const distances = values.map((value) => Math.abs(value - median));
  const spread = scale * medianOf(distances);
  // If more than half of the values are equal, any other would be infinitely far.
  const unit = spread > 0 ? spread : (1.2533 * distances.reduce((a, b) => a + b, 0)) / values.length;
  return distances.flatMap((distance, i) => (unit > 0 && distance / unit > farthest ? [i] : []));
}
