/** What several runs say of one figure: median, noise floor, outliers. */
import { createRandom } from "../../core/random.ts";
import { type Interval, medianInterval } from "./bootstrap.ts";
import { noiseFloor } from "./noise.ts";
import { outliers } from "./outliers.ts";

export interface Repeated {
  /** One for each run; NaN where it is not known. */
  readonly values: readonly number[];
  /** Median with its 95% interval or its range; absent if any run does not know it. */
  readonly median?: Interval;
  /** Distance between halves of these runs: 0.04 is 4%. Absent with few runs. */
  readonly noise?: number;
  /** Places of the values that lie far from the others. */
  readonly outliers: readonly number[];
}

/** `name` of the figure: the same values under the same name always give the same interval. */
export function repeatedFigure(name: string, values: readonly number[]): Repeated {
  if (values.length === 0 || !values.every(Number.isFinite)) return { values, outliers: [] };
  const random = createRandom(0).fork(name);
  const noise = noiseFloor(values, random);
  return {
    values,
    median: medianInterval({ values }, random),
    ...(noise !== undefined && { noise }),
    outliers: outliers(values),
  };
}
