/** Runs of two samples that belong together: one of each in every block (one turn of both sides, minutes apart). */

/** A figure in several runs. */
export interface Sample {
  /** One for each run; finite. */
  readonly values: readonly number[];
  /** The block of each run; absent if the runs were not made in blocks. */
  readonly blocks?: readonly string[];
}

/** The values of `second` in the order of the blocks of `first`; undefined unless each block has one run of each. */
export function inOrderOf(first: Sample, second: Sample): readonly number[] | undefined {
  const [own, others] = [first.blocks ?? [], second.blocks ?? []];
  const place = new Map(others.map((block, i) => [block, i]));
  const partners = own.flatMap((block) => place.get(block) ?? []);
  const isPaired =
    own.length > 0 &&
    own.length === first.values.length &&
    place.size === second.values.length &&
    partners.length === own.length &&
    partners.length === place.size &&
    new Set(partners).size === place.size;
  return isPaired ? partners.map((i) => second.values[i] as number) : undefined;
}

/** For each pair of runs, the value of `over` by that of `under`; undefined if the runs are not in pairs. */
export const pairedRatios = (over: Sample, under: Sample): readonly number[] | undefined =>
  inOrderOf(over, under)?.map((value, i) => (over.values[i] as number) / value);
