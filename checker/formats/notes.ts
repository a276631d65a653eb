/** What a reader says of a history as a whole: how it was read, and what was left out and why. */
export class Notes {
  readonly #said = new Set<string>();
  readonly #counts = new Map<Counted, number>();

  say(sentence: string): void {
    this.#said.add(sentence);
  }

  count(what: Counted, by: number): void {
    if (by > 0) this.#counts.set(what, (this.#counts.get(what) ?? 0) + by);
  }

  list(): string[] {
    return [...this.#said, ...[...this.#counts].map(([what, count]) => sentences[what](count))];
  }
}

const some = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

const sentences = {
  nilReads: (count: number) => `${some(count, "read", "reads")} answered nil: taken as unanswered`,
  absentReads: (count: number) => `${some(count, "read", "reads")} answered nil: taken as an absent value`,
  failedCas: (count: number) => `fail of cas: taken as never took place (${some(count, "time", "times")})`,
  comparisons: (count: number) =>
    `fail of cas: taken as a comparison that found another value (${some(count, "time", "times")})`,
  noResults: (count: number) =>
    `${some(count, "read", "reads")} without a "result": taken as an absent value`,
  unanswered: (count: number) => `${some(count, "operation", "operations")} without an answer: unknown`,
};
export type Counted = keyof typeof sentences;
