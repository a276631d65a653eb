/** A reader's notes about a history as a whole: how it was read, and what was left out and why. */
import { count as some } from "../../core/wording.ts";

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

const sentences = {
  nilReads: (count: number) => `${some(count, "read")} returned nil: treated as unanswered`,
  absentReads: (count: number) => `${some(count, "read")} returned nil: treated as an absent value`,
  failedCas: (count: number) => `failed cas: treated as without effect (${some(count, "time")})`,
  comparisons: (count: number) =>
    `failed cas: treated as a comparison that found another value (${some(count, "time")})`,
  noResults: (count: number) => `${some(count, "read")} without a "result": treated as an absent value`,
  unanswered: (count: number) => `${some(count, "operation")} without an answer: outcome unknown`,
};
export type Counted = keyof typeof sentences;
