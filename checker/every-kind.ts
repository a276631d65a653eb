/** The first of each kind, then the others, each in the order given: what is shown when not all can be. */
export function everyKindFirst<T>(found: readonly T[], kindOf: (one: T) => string): T[] {
  const seen = new Set<string>();
  const isFirst = found.map((one) => {
    const kind = kindOf(one);
    return !seen.has(kind) && seen.add(kind) === seen;
  });
  return [...found.filter((_, i) => isFirst[i]), ...found.filter((_, i) => !isFirst[i])];
}
