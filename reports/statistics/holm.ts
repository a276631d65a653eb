/**
 * Holm's correction for many tests at once (Holm 1979): with it, the probability that any of them finds a difference where
 * there is none stays below the level, whatever depends on what. Returns each p adjusted, in the same order.
 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((i, j) => (ps[i] as number) - (ps[j] as number));
  const adjusted: number[] = [];
  let highest = 0;
  order.forEach((i, place) => {
    highest = Math.max(highest, Math.min(1, (ps[i] as number) * (ps.length - place)));
    adjusted[i] = highest;
  });
  return adjusted;
}
